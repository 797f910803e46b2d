namespace MoR.Engine.Tests;

/// <summary>State that remembers the order in which deltas arrived.</summary>
internal sealed class FakeState : ITrainableState<string>
{
    private readonly List<FakeDelta> _deltas = [];

    public long Version { get; set; }

    public int Discards { get; private set; }

    /// <summary>Positions of the accumulated deltas of every commit.</summary>
    public List<string> Commits { get; } = [];

    /// <summary>Told how many deltas there are whenever one is added.</summary>
    public Action<int> Accumulated { get; set; } = _ => { };

    /// <summary>Called inside the commit.</summary>
    public Action Committing { get; set; } = () => { };

    /// <summary>Thrown by the commit, if set.</summary>
    public Exception? Failure { get; set; }

    public void Accumulate(IMicroBatchDelta delta)
    {
        _deltas.Add((FakeDelta)delta);
        Accumulated(_deltas.Count);
    }

    public string Commit(long step)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        Committing();
        var report = string.Join(' ', _deltas.Select(delta => $"{delta.Position}:{delta.Value}"));
        Commits.Add(report);
        Version = step;
        Clear();
        return report;
    }

    public void Discard()
    {
        Discards++;
        Clear();
    }

    private void Clear()
    {
        _deltas.ForEach(delta => delta.Dispose());
        _deltas.Clear();
    }
}
