using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Tests.Links;

public sealed class SingleThreadedTests
{
    [Fact]
    public void Listener_handshake_and_links_run_on_one_thread_the_same_way_each_time()
    {
        var first = Converse();
        var second = Converse();

        Assert.Equal(first, second);
        Assert.Contains(first, line => line.StartsWith("node 3: 7", StringComparison.Ordinal));
        Assert.Contains(first, line => line.Contains("nothing was heard", StringComparison.Ordinal));
    }

    /// <summary>Four nodes join and exchange messages with a coordinator, which then falls silent.</summary>
    private static List<string> Converse()
    {
        var time = new ManualTime();
        List<string> trace = [];
        var count = SingleThread.Run(() => ConverseAsync(time, trace));
        return [.. trace, $"{count} pieces of work, {time.Now}"];
    }

    private static async Task ConverseAsync(ManualTime time, List<string> trace)
    {
        var transport = new MemoryTransport();
        var token = JoinToken.Parse("0123456789abcdef", "test");
        List<Connection> admitted = [];
        using var stop = new CancellationTokenSource();
        var atCoordinator = new Handshake(token, new SeededRandom(1), time);
        var door = new AuthenticatingListener(
            transport.Listen("coordinator"), atCoordinator, time, admitted.Add, refusal => trace.Add(refusal.Message));
        var accepting = door.RunAsync(stop.Token);
        var silent = await transport.ConnectAsync("coordinator", CancellationToken.None);
        List<Link> links = [];
        for (var i = 0; i < 4; i++)
        {
            var handshake = new Handshake(token, new SeededRandom(i), time);
            var connection = await handshake.ConnectAsync(transport, "coordinator", CancellationToken.None);
            links.Add(new Link(connection, $"node {i}", new LinkOptions(), ArrayTensor.Memory, time));
            links.Add(new Link(admitted[i], $"coordinator {i}", new LinkOptions(), ArrayTensor.Memory, time));
        }

        var running = links.ConvertAll(link => link.RunAsync());
        await Task.WhenAll(links.Select((link, i) => AnswerAsync(link, i % 2 == 0, trace)));
        links.ForEach(link => trace.Add($"{link.Peer}: {link.QueuedBytes}"));
        foreach (var link in links.Where((_, i) => i % 2 == 1))
        {
            link.Close("falls silent");
        }

        await Task.WhenAll(running);
        await SilenceAsync(time, trace);
        await silent.DisposeAsync();
        stop.Cancel();
        await accepting;
    }

    private static async Task AnswerAsync(Link link, bool begins, List<string> trace)
    {
        for (var i = 0; i < 8; i++)
        {
            using var message = Messages.Make(i, 50_000, i);
            if (begins)
                await link.SendAsync(message, SendPriority.Critical);
            using var received = await link.ReceiveAsync(CancellationToken.None);
            trace.Add($"{link.Peer}: {received.Number()}");
            if (!begins)
                await link.SendAsync(message, SendPriority.Background);
        }
    }

    private static async Task SilenceAsync(ManualTime time, List<string> trace)
    {
        var streams = new MemoryStreamPair();
        await using var link = new Link(
            new Connection(streams.First, "silent", IsProtected: false), "silent", new LinkOptions(), ArrayTensor.Memory, time);
        var running = link.RunAsync();
        await SingleThread.IdleAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        await running;
        trace.Add((await Assert.ThrowsAsync<LinkException>(async () => await link.ReceiveAsync(CancellationToken.None))).Message);
    }
}
