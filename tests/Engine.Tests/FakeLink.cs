using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Engine.Tests;

/// <summary>Experts of whole numbers. Replies come by way of the executor, so in the order that it picks.</summary>
internal sealed class FakeLink(OpenCount open, IMathExecutor math) : IExpertLink
{
    /// <summary>Asked before each request; what it throws is the request's failure.</summary>
    public Action<RequestKey> Before { get; set; } = _ => { };

    /// <summary>Asked while a request is under way, on the executor.</summary>
    public Action<RequestKey> During { get; set; } = _ => { };

    /// <summary>Asked while parameter gradients are computed.</summary>
    public Action<RequestKey> Later { get; set; } = _ => { };

    /// <summary>Versions that were published.</summary>
    public List<long> Published { get; } = [];

    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        Before(request.Key);
        return math.RunAsync(() =>
        {
            During(request.Key);
            var rows = FakePayload.Of(request.Rows);
            return new ForwardReply(request.Key, [new FakePayload(open, (rows * 7) + request.Key.Shard)]);
        });
    }

    public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        Before(request.Key);
        return math.RunAsync(() =>
        {
            During(request.Key);
            var rows = FakePayload.Of(request.Forward.Rows) + FakePayload.Of(request.DeltaGradients[0]!);
            return new BackwardReply(
                request.Key,
                new FakePayload(open, rows + request.Key.Shard),
                [new FakePayload(open, rows * 2)],
                math.RunAsync<IReadOnlyList<ExpertGradient>>(() =>
                {
                    Later(request.Key);

                    // What the request carries must still be there when the parameters' gradients are computed.
                    var a = FakePayload.Of(request.Forward.Rows);
                    return [new ExpertGradient(0, 0, new FakePayload(open, a), new FakePayload(open, 3))];
                }));
        });
    }

    public Task PublishAsync(long version, CancellationToken cancel)
    {
        Published.Add(version);
        return Task.CompletedTask;
    }
}
