using MoR.Cluster.Links;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;

namespace MoR.ExpertNode.Tests;

/// <summary>The coordinator's end of one link, as a test plays it.</summary>
internal sealed class ScriptedCoordinator(Link link, Task running) : IAsyncDisposable
{
    /// <summary>What the node said of itself.</summary>
    public Join Join { get; private set; } = new();

    /// <summary>Takes the next connection and authenticates it.</summary>
    public static async Task<ScriptedCoordinator> AcceptAsync(
        IListener listener, Handshake handshake, CountingMemory memory, TimeProvider time)
    {
        var incoming = await listener.AcceptAsync(CancellationToken.None);
        var connection = await handshake.AcceptAsync(incoming, CancellationToken.None);
        var link = new Link(connection, "the node", new LinkOptions(), memory, time);
        var coordinator = new ScriptedCoordinator(link, link.RunAsync());
        using var join = await coordinator.ReceiveAsync();
        coordinator.Join = join.Envelope.Join;
        return coordinator;
    }

    public async Task WelcomeAsync(long epoch = Messages.Epoch, string run = "demo", string adapter = "sums") => await SendAsync(
        new WireMessage(new Envelope
        {
            Welcome = new Welcome { Epoch = epoch, Run = run, Adapter = new AdapterShape { AdapterConfig = adapter } },
        }));

    /// <summary>Publishes shards and takes the acknowledgement.</summary>
    public async Task<Published> PublishAsync(long version, params int[] shards)
    {
        await SendAsync(Messages.Publish(version, shards));
        using var answer = await ReceiveAsync();
        return answer.Envelope.Published ?? throw new InvalidOperationException($"{answer.Envelope} is no Published");
    }

    public async Task SendAsync(WireMessage message)
    {
        using (message)
        {
            await link.SendAsync(message, SendPriority.Control);
        }
    }

    /// <summary>The next message, the caller's.</summary>
    public async Task<WireMessage> ReceiveAsync() => await link.ReceiveAsync(CancellationToken.None);

    /// <summary>Sends a request and takes one answer: its name, attempt and value.</summary>
    public async Task<string> AskAsync(WireMessage request)
    {
        await SendAsync(request);
        return await AnswerAsync();
    }

    /// <summary>The next answer in words.</summary>
    public async Task<string> AnswerAsync()
    {
        using var answer = await ReceiveAsync();
        var envelope = answer.Envelope;
        return envelope.BodyCase switch
        {
            Envelope.BodyOneofCase.ForwardDone => $"forward {envelope.ForwardDone.Key.Shard}: {Messages.ValueOf(answer.Tensors[0])}",
            Envelope.BodyOneofCase.BackwardDone => $"backward {envelope.BackwardDone.Key.Shard}: {Messages.ValueOf(answer.Tensors[0])}",
            Envelope.BodyOneofCase.ParameterGradients =>
                $"gradients {envelope.ParameterGradients.Key.Shard}: {Messages.ValueOf(answer.Tensors[0])}",
            Envelope.BodyOneofCase.Failed => $"failed {envelope.Failed.Key.Shard}: {envelope.Failed.Error}",
            Envelope.BodyOneofCase.MicroBatchDone =>
                $"micro-batch {envelope.MicroBatchDone.Key.MicroBatch}, attempt {envelope.MicroBatchDone.Attempt}: "
                + $"{envelope.MicroBatchDone.Loss}",
            Envelope.BodyOneofCase.PublishedModel =>
                $"model {envelope.PublishedModel.Version}, {envelope.PublishedModel.Checksums.Count} checksums",
            Envelope.BodyOneofCase.Stale when envelope.Stale.Key.Shard == RequestKey.None =>
                $"stale {envelope.Stale.Key.MicroBatch}: {envelope.Stale.Held}",
            Envelope.BodyOneofCase.LeaveRequest => $"leave: {envelope.LeaveRequest.Reason}",
            var other => other.ToString(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await link.DisposeAsync();
        await running;
    }
}
