using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;
using MoR.Model.Experts;

namespace MoR.Model.Tests.Segments;

/// <summary>Passes requests on, and remembers what they carried.</summary>
internal sealed class RecordingLink(IExpertLink inner) : IExpertLink
{
    /// <summary>Every forward request: its key, its number of rows, and how many rows chose which expert.</summary>
    public List<(RequestKey Key, long Rows, List<(int Expert, int Count)> Assignments)> Forwards { get; } = [];

    /// <summary>Keys of the backward requests.</summary>
    public List<RequestKey> Backwards { get; } = [];

    /// <summary>Per dispatch point of a model with one shard, the gates of its first route.</summary>
    public Dictionary<int, Dictionary<(int Row, int Expert), double>> Gates { get; } = [];

    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        lock (Forwards)
        {
            Forwards.Add((
                request.Key,
                request.Rows.Shape[0],
                [.. request.Routes.SelectMany(route => route.Experts.Zip(route.Counts))]));
            Gates[request.Key.DispatchPoint] = GatesOf(request);
        }

        return inner.ForwardAsync(request, cancel);
    }

    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        lock (Forwards)
        {
            Backwards.Add(request.Key);
        }

        return inner.BackwardAsync(request, cancel);
    }

    public Task PublishAsync(long version, CancellationToken cancel) => inner.PublishAsync(version, cancel);

    private static Dictionary<(int Row, int Expert), double> GatesOf(ForwardRequest request)
    {
        var route = request.Routes[0];
        using var copy = TorchPayload.Of(route.Gates).to(TorchSharp.torch.float64);
        var values = copy.data<double>().ToArray();
        var gates = new Dictionary<(int, int), double>();
        var next = 0;
        foreach (var (expert, count) in route.Experts.Zip(route.Counts))
        {
            for (var i = 0; i < count; i++, next++)
            {
                gates[(route.Rows[route.Positions[next]], expert)] = values[next];
            }
        }

        return gates;
    }
}
