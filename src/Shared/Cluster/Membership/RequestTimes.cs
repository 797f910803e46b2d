using MoR.Cluster.Protocol;

namespace MoR.Cluster.Membership;

/// <summary>How long requests of each kind take, and from that how long they may take.</summary>
/// <param name="options">Times.</param>
internal sealed class RequestTimes(ClusterOptions options)
{
    private readonly UsualTime _forward = new(), _backward = new(), _both = new();

    /// <summary>A request was answered.</summary>
    public void Add(OpenRequest request, TimeSpan took) => Of(request).Add(took);

    /// <summary>When the answer to a request that is sent now is late.</summary>
    public TimeSpan Deadline(OpenRequest request, Node node, TimeSpan now)
    {
        var bytes = request.IsMicroBatch ? request.Bytes * (node.MicroBatches + 1) : node.Outstanding + request.Bytes;
        return now + Limit(request) + TimeSpan.FromSeconds(bytes / options.LeastBytesPerSecond);
    }

    /// <summary>When a second node should be asked; null while nothing is known.</summary>
    public TimeSpan? HedgeAt(OpenRequest request, TimeSpan sent) => Of(request).Usual is { } usual
        ? sent + TimeSpan.FromTicks(Math.Max(options.LeastHedge.Ticks, (long)(usual.Ticks * options.HedgeFactor)))
        : null;

    /// <summary>How much a micro-batch takes is the backbone's business: a multiple of the usual, once that is known.</summary>
    private TimeSpan Limit(OpenRequest request)
    {
        if (!request.IsMicroBatch)
        {
            return options.Answer;
        }

        return Of(request).Usual * options.MicroBatchFactor is not { } limit
            ? options.FirstMicroBatch
            : limit > options.Answer ? limit : options.Answer;
    }

    private UsualTime Of(OpenRequest request) => request.Key.Direction switch
    {
        Direction.Forward => _forward,
        Direction.Backward => _backward,
        _ => _both,
    };
}
