using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;

namespace MoR.Model.Experts;

/// <summary>A backward request that is being answered; owns what both parts of the answer read.</summary>
internal sealed class TorchBackwardWork : IBackwardWork
{
    private readonly ExpertCodec _codec;
    private readonly int _attempt;
    private readonly List<IDisposable> _owned = [];
    private readonly BackwardRequest _request;
    private readonly ParameterGradientWork _later;

    /// <param name="codec">Reads and writes.</param>
    /// <param name="shard">The parameters.</param>
    /// <param name="request">The message; taken over.</param>
    /// <param name="forward">What forward carried, where it does not carry it; taken over.</param>
    public TorchBackwardWork(ExpertCodec codec, ShardParameters shard, WireMessage request, WireMessage? forward)
    {
        (_codec, _attempt) = (codec, request.Envelope.Backward.Attempt);
        try
        {
            var kept = forward is null ? null : Own(codec.DecodeForward(forward));
            _request = Own(codec.DecodeBackward(request, kept));
            if (kept is null)
            {
                Own(_request.Forward);
            }

            (var input, var gates, _later) = ExpertMath.Backward(shard, _request);
            Own(_later);
            using var critical = new BackwardReply(_request.Key, input, gates, Task.FromResult<IReadOnlyList<ExpertGradient>>([]));
            Done = codec.Encode(_request.Key, _attempt, input, gates);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public WireMessage Done { get; }

    /// <inheritdoc/>
    public WireMessage Gradients()
    {
        var gradients = _later.Run();
        try
        {
            return _codec.Encode(_request.Key, _attempt, gradients);
        }
        finally
        {
            foreach (var gradient in gradients)
            {
                gradient.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _owned.Clear();
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
