using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport.Runtime;

namespace MoR.Cluster.Tests.Links;

public sealed class LinkTests
{
    private const int Frame = 1 << 20;

    public static TheoryData<string, long[]> Sizes { get; } = new()
    {
        { "no tensor", [] },
        { "an empty tensor", [0] },
        { "one value", [1] },
        { "what fits the buffer", [Frame / 64] },
        { "a value less than 1 MiB", [(Frame / 4) - 1] },
        { "1 MiB", [Frame / 4] },
        { "a value more than 1 MiB", [(Frame / 4) + 1] },
        { "4 MiB", [Frame] },
        { "empty ones between others", [0, 3, 0, 0, 70_000, 1, 0] },
        { "many small ones", [1, 2, 3, 4, 5, 6, 7] },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_message_arrives_as_it_was_sent(string what, long[] sizes)
    {
        Assert.NotEmpty(what);
        await using var pair = new LinkPair().Run();
        using var sent = Messages.Make(7, sizes);

        var sending = pair.First.SendAsync(sent, SendPriority.Critical);
        using var received = await pair.Second.ReceiveAsync(CancellationToken.None);
        await sending;

        received.AssertIs(7, sizes);
        Assert.Equal(0, pair.First.QueuedBytes);
    }

    [Fact]
    public async Task Messages_pass_both_ways_over_tcp()
    {
        var transport = new TcpTransport();
        await using var listener = transport.Listen("127.0.0.1:0");
        var accepting = listener.AcceptAsync(CancellationToken.None);
        var outgoing = await transport.ConnectAsync(listener.Address, CancellationToken.None);
        var incoming = await (await accepting).OpenAsync(CancellationToken.None);
        await using var client = new Link(outgoing, "server", new LinkOptions(), ArrayTensor.Memory, TimeProvider.System);
        await using var server = new Link(incoming, "client", new LinkOptions(), ArrayTensor.Memory, TimeProvider.System);
        var running = Task.WhenAll(client.RunAsync(), server.RunAsync());

        for (var i = 0; i < 50; i++)
        {
            using var question = Messages.Make(i, 10, 300_000 - i, 0, i);
            var sending = client.SendAsync(question, SendPriority.Critical);
            using var asked = await server.ReceiveAsync(CancellationToken.None);
            await sending;
            asked.AssertIs(i, 10, 300_000 - i, 0, i);
            await server.SendAsync(asked, SendPriority.Background);
            using var answer = await client.ReceiveAsync(CancellationToken.None);
            answer.AssertIs(i, 10, 300_000 - i, 0, i);
        }

        client.Close("done");
        await running;
        var end = await Assert.ThrowsAsync<LinkException>(async () => await server.ReceiveAsync(CancellationToken.None));
        Assert.Equal("client: the other end closed the connection.", end.Message);
    }
}
