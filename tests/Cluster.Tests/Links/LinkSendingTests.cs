using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Links;

public sealed class LinkSendingTests
{
    private const int FrameValues = OutgoingMessage.DataFrameBytes / 4;

    [Fact]
    public void Control_goes_between_frames_of_critical_and_critical_between_those_of_background() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        using var background = Messages.Make(1, 3 * FrameValues);
        using var critical = Messages.Make(2, 2 * FrameValues);
        using var control = Messages.Make(3);

        List<Task> sends = [raw.Link.SendAsync(background, SendPriority.Background)];
        await SingleThread.IdleAsync();
        sends.Add(raw.Link.SendAsync(critical, SendPriority.Critical));
        List<uint> ids = [await NextIdAsync(raw), await NextIdAsync(raw), await NextIdAsync(raw)];
        await SingleThread.IdleAsync();
        sends.Add(raw.Link.SendAsync(control, SendPriority.Control));
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await NextIdAsync(raw));
        }

        await Task.WhenAll(sends);

        // Ids in the order of beginning: 1 background, 2 critical, 3 control.
        Assert.Equal([1u, 1, 2, 2, 3, 2, 1, 1], ids);
        Assert.Equal(0, raw.Link.QueuedBytes);
    });

    [Fact]
    public void Messages_of_one_priority_keep_their_order() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair().Run();
        List<WireMessage> sent = [.. Enumerable.Range(0, 30).Select(i => Messages.Make(i, i % 3 == 0 ? 100_000 : 10))];

        var sends = sent.ConvertAll(message => pair.First.SendAsync(message, SendPriority.Critical));
        for (var i = 0; i < sent.Count; i++)
        {
            using var received = await pair.Second.ReceiveAsync(CancellationToken.None);
            received.AssertIs(i, i % 3 == 0 ? 100_000 : 10);
        }

        await Task.WhenAll(sends);
    });

    [Fact]
    public void A_gigabyte_that_waits_holds_up_neither_control_nor_signs_of_life() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        using var large = new WireMessage(
            new Envelope { Published = new Published() }, new ArrayTensor(ElementType.F32, [1 << 24]));
        using var control = Messages.Make(2);
        List<Task> sends = [.. Enumerable.Range(0, 16).Select(_ => raw.Link.SendAsync(large, SendPriority.Background))];
        Assert.InRange(raw.Link.QueuedBytes, 1L << 30, (1L << 30) + 1_000);

        // The network takes a megabyte a second, and the other end is heard every second.
        for (var second = 0; second < 20; second++)
        {
            var (header, _) = await raw.ReadFrameAsync();
            Assert.NotEqual(FrameKind.Heartbeat, header.Kind);
            await raw.WriteFrameAsync(FrameKind.Heartbeat, 0, []);
            await SingleThread.IdleAsync();
            raw.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await SingleThread.IdleAsync();
        var sending = raw.Link.SendAsync(control, SendPriority.Control);
        Assert.Equal(1u, await NextIdAsync(raw)); // was on its way
        Assert.Equal(2u, await NextIdAsync(raw));
        Assert.Equal(1u, await NextIdAsync(raw));
        await sending;

        raw.Link.Close("the test is over");
        foreach (var send in sends)
        {
            Assert.Equal("the test is over", (await Assert.ThrowsAsync<LinkException>(() => send)).Problem);
        }
    });

    [Fact]
    public void A_message_waits_while_those_that_were_begun_would_become_too_much() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd(new LinkOptions { MostMessageBytes = 3 * OutgoingMessage.DataFrameBytes });
        using var background = Messages.Make(1, 2 * FrameValues);
        using var tooMuch = Messages.Make(2, 2 * FrameValues);
        using var little = Messages.Make(3, FrameValues);

        List<Task> sends = [raw.Link.SendAsync(background, SendPriority.Background)];
        await SingleThread.IdleAsync();
        sends.Add(raw.Link.SendAsync(tooMuch, SendPriority.Critical));
        sends.Add(raw.Link.SendAsync(little, SendPriority.Control));
        List<uint> ids = [];
        for (var i = 0; i < 8; i++)
        {
            ids.Add(await NextIdAsync(raw));
        }

        await Task.WhenAll(sends);
        Assert.Equal([1u, 1, 2, 2, 1, 3, 3, 3], ids);
    });

    [Fact]
    public void A_heartbeat_goes_out_when_nothing_else_did_for_a_second() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        using var message = Messages.Make(1);

        raw.Time.Advance(TimeSpan.FromSeconds(0.9));
        await raw.Link.SendAsync(message, SendPriority.Control);
        await SingleThread.IdleAsync();
        raw.Time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Equal(FrameKind.Head, (await raw.ReadFrameAsync()).Header.Kind);
        var next = raw.ReadFrameAsync();
        await SingleThread.IdleAsync();
        Assert.False(next.IsCompleted);
        raw.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(FrameKind.Heartbeat, (await next).Header.Kind);
    });

    [Theory]
    [InlineData(2, 0, "tensors of 8 bytes, at most 7")]
    [InlineData(0, 1_100_000, "an envelope of 1,100,0")]
    public void A_message_that_is_too_large_is_refused_before_it_is_sent(int values, int textBytes, string problem)
    {
        using var message = new WireMessage(
            new Envelope { Refused = new Refused { Reason = new string('x', textBytes) } }, new ArrayTensor(ElementType.I32, [values]));

        var error = Assert.Throws<ArgumentException>(() => new OutgoingMessage(message, new LinkOptions { MostMessageBytes = 7 }));

        Assert.StartsWith($"A message of kind Refused cannot be sent: {problem}", error.Message);
    }

    [Fact]
    public void A_send_does_not_end_while_its_memory_is_still_read() => SingleThread.Run(async () =>
    {
        var release = new TaskCompletionSource();
        await using var raw = new RawEnd(wrap: stream => new StubbornStream(stream, release.Task));
        using var message = Messages.Make(1, 10);
        var sending = raw.Link.SendAsync(message, SendPriority.Critical);

        await SingleThread.IdleAsync();
        raw.Link.Close("the test wants it");
        Assert.Equal(0, await raw.Streams.Second.ReadAsync(new byte[1]));
        await SingleThread.IdleAsync();
        Assert.False(sending.IsCompleted);
        release.SetResult();

        Assert.Equal("peer: the test wants it.", (await Assert.ThrowsAsync<LinkException>(() => sending)).Message);
    });

    private static async Task<uint> NextIdAsync(RawEnd raw) => (await raw.ReadFrameAsync()).Header.MessageId;
}
