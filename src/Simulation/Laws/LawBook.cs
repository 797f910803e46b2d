namespace MoR.Simulation.Laws;

/// <summary>
/// What must hold, asked at every step. The first thing that does not ends the world. What an undisturbed run gives is computed
/// beforehand, in one process, by the same engine.
/// </summary>
internal sealed class LawBook
{
    private readonly SortedSet<long> _durable = [];
    private readonly IReadOnlyList<ulong> _undisturbed;
    private long _epoch;
    private long _committed = -1;
    private long _restored = -1;

    /// <param name="undisturbed">Hashes of the state of an undisturbed run after each step, from 0.</param>
    public LawBook(IReadOnlyList<ulong> undisturbed) => _undisturbed = undisturbed;

    /// <summary>What was broken, or null.</summary>
    public string? Broken { get; private set; }

    /// <summary>Of the coordinator that has the run.</summary>
    public long Epoch => _epoch;

    /// <summary>Steps committed by the coordinator that has the run.</summary>
    public long Committed => Math.Max(_committed, 0);

    /// <summary>The last step that was saved and not damaged since; 0 for none.</summary>
    public long Durable => _durable.Count == 0 ? 0 : _durable.Max;

    /// <summary>How many steps can be read back.</summary>
    public int Saved => _durable.Count;

    /// <summary>A law does not hold.</summary>
    public void Break(string law, string what) => Broken ??= $"{law}: {what}";

    /// <summary>A coordinator has the run, from a step on.</summary>
    public void Began(long epoch, long step, ulong hash)
    {
        if (epoch <= _epoch)
        {
            Break("fencing", $"a coordinator has epoch {epoch} after one that had {_epoch}");
        }

        if (step < Durable)
        {
            Break("law 3, nothing lost", $"a coordinator went on from step {step}, and step {Durable} was durable");
        }

        RequireHash(step, hash, "after it was restored");
        _epoch = epoch;
        (_committed, _restored) = (step, step);
    }

    /// <summary>A step was committed.</summary>
    /// <param name="epoch">Of the coordinator.</param>
    /// <param name="step">The step.</param>
    /// <param name="updates">How often a step's effect was applied since the run began.</param>
    /// <param name="hash">Of the state.</param>
    public void CommittedStep(long epoch, long step, long updates, ulong hash)
    {
        if (updates != step)
        {
            Break("law 2, exactly once", $"{updates} updates were applied by the end of step {step}");
        }

        if (epoch != _epoch)
        {
            Break("fencing", $"the coordinator of epoch {epoch} committed step {step}, and that of epoch {_epoch} has the run");
        }

        if (step != _committed + 1)
        {
            Break("law 2, exactly once", $"step {step} was committed after step {_committed}");
        }

        RequireHash(step, hash, "after its commit");
        _committed = step;
    }

    /// <summary>A checkpoint is said to be durable.</summary>
    public void SavedStep(long step)
    {
        if (step > _committed)
        {
            Break("law 2, exactly once", $"step {step} was saved, and {_committed} was the last that was committed");
        }

        _durable.Add(step);
    }

    /// <summary>A checkpoint was pruned, or the world damaged it.</summary>
    public void Lost(long step) => _durable.Remove(step);

    /// <summary>Checkpoints that are still there, as the coordinator sees them.</summary>
    public void Keep(IReadOnlyList<long> steps) => _durable.RemoveWhere(step => !steps.Contains(step));

    /// <summary>The run is said to be complete.</summary>
    public void Completed(long step, ulong hash, IReadOnlyList<long> metrics)
    {
        if (step != _undisturbed.Count - 1)
        {
            Break("law 2, exactly once", $"the run ended with step {step} of {_undisturbed.Count - 1}");
        }

        RequireHash(step, hash, "at the end");
        if (!metrics.SequenceEqual(Enumerable.Range(1, _undisturbed.Count - 1).Select(number => (long)number)))
        {
            Break("law 2, exactly once", $"the metrics are of the steps {string.Join(", ", metrics)}");
        }
    }

    private void RequireHash(long step, ulong hash, string when)
    {
        if (step < 0 || step >= _undisturbed.Count || _undisturbed[(int)step] != hash)
        {
            Break(
                "law 1, placement invariance",
                $"the state of step {step} {when} is {hash:x16}, and undisturbed {_undisturbed.ElementAtOrDefault((int)step):x16}"
                + $" (this coordinator went on from step {_restored})");
        }
    }
}
