using Google.Protobuf;
using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Links;

public sealed class LinkReceivingTests
{
    [Fact]
    public void A_silent_peer_is_left_after_five_seconds_by_name() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        using var message = Messages.Make(1, 1_000_000);
        var receiving = raw.Link.ReceiveAsync(CancellationToken.None);
        var sending = raw.Link.SendAsync(message, SendPriority.Critical);

        raw.Time.Advance(TimeSpan.FromSeconds(4.9));
        await SingleThread.IdleAsync();
        Assert.False(raw.Running.IsCompleted);
        raw.Time.Advance(TimeSpan.FromSeconds(0.1));
        await raw.Running;

        const string Reason = "peer: nothing was heard for 5.0 seconds, and 5.0 are allowed.";
        Assert.Equal(Reason, (await Assert.ThrowsAsync<LinkException>(async () => await receiving)).Message);
        Assert.Equal(Reason, (await Assert.ThrowsAsync<LinkException>(() => sending)).Message);
        Assert.Equal(Reason, (await Assert.ThrowsAsync<LinkException>(() => raw.Link.SendAsync(message, SendPriority.Control))).Message);
        Assert.Equal(0, raw.Link.QueuedBytes);
    });

    [Fact]
    public void Any_byte_is_a_sign_of_life() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        var header = new byte[FrameHeader.Size];
        FrameHeader.Of(FrameKind.Heartbeat, 0, [], checksums: true).Write(header);

        foreach (var value in header)
        {
            raw.Time.Advance(TimeSpan.FromSeconds(4.5));
            await raw.WriteAsync(value);
            await SingleThread.IdleAsync();
            Assert.False(raw.Running.IsCompleted);
        }
    });

    [Fact]
    public void A_process_that_stood_still_itself_does_not_blame_its_peer() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();

        raw.Time.Leap(TimeSpan.FromSeconds(30));
        await SingleThread.IdleAsync();
        Assert.False(raw.Running.IsCompleted);
        raw.Time.Advance(TimeSpan.FromSeconds(5));

        await raw.Running;
    });

    [Fact]
    public void Whoever_takes_a_message_and_is_slow_does_not_make_its_peer_silent() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        await using var sender = new Link(
            new(raw.Streams.Second, "link", IsProtected: false), "link", new LinkOptions(), ArrayTensor.Memory, new ManualTime());
        _ = sender.RunAsync();
        using var message = Messages.Make(1, 3);
        var taking = TakeAsync();

        await sender.SendAsync(message, SendPriority.Critical);
        await taking;
        await SingleThread.IdleAsync();

        Assert.False(raw.Running.IsCompleted);

        async Task TakeAsync()
        {
            using var taken = await raw.Link.ReceiveAsync(CancellationToken.None);
            raw.Time.Advance(TimeSpan.FromSeconds(30)); // inside the reader
        }
    });

    [Fact]
    public void Reading_stops_at_the_limit_of_unread_bytes_and_goes_on_when_they_are_taken() => SingleThread.Run(async () =>
    {
        const int Values = 20_000;
        await using var raw = new RawEnd(new LinkOptions { MostUnreadBytes = 200_000 });
        using var message = Messages.Make(1, Values);
        List<Task> sends = [];
        await using var sender = new Link(
            new(raw.Streams.Second, "link", IsProtected: false), "link", new LinkOptions(), ArrayTensor.Memory, new ManualTime());
        _ = sender.RunAsync();
        for (var i = 0; i < 12; i++)
        {
            sends.Add(sender.SendAsync(message, SendPriority.Critical));
        }

        await SingleThread.IdleAsync();
        Assert.Equal(3, raw.Memory.LiveTensors);
        Assert.Contains(sends, send => !send.IsCompleted);

        // Who does not read does not take its peer for dead either.
        raw.Time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 12; i++)
        {
            using var received = await raw.Link.ReceiveAsync(CancellationToken.None);
            received.AssertIs(1, Values);
        }

        await Task.WhenAll(sends);
        Assert.InRange(raw.Memory.MostLiveBytes, 240_000, 400_000);
    });

    [Fact]
    public void Messages_without_tensors_count_as_unread_too() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd(new LinkOptions { MostUnreadBytes = 200_000 });
        using var message = Messages.Make(1);
        await using var sender = new Link(
            new(raw.Streams.Second, "link", IsProtected: false), "link", new LinkOptions(), ArrayTensor.Memory, new ManualTime());
        _ = sender.RunAsync();
        List<Task> sends = [.. Enumerable.Range(0, 10_000).Select(_ => sender.SendAsync(message, SendPriority.Control))];

        await SingleThread.IdleAsync();
        Assert.Contains(sends, send => !send.IsCompleted);
        for (var i = 0; i < 10_000; i++)
        {
            using var received = await raw.Link.ReceiveAsync(CancellationToken.None);
        }

        await Task.WhenAll(sends);
    });

    [Fact]
    public void What_was_received_before_the_end_is_handed_out_before_the_reason() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        await raw.WriteFrameAsync(FrameKind.Head, 1, Head(1));
        await raw.WriteFrameAsync(FrameKind.Head, 2, Head(2));
        await raw.Streams.Second.DisposeAsync();
        await raw.Running;

        using var first = await raw.Link.ReceiveAsync(CancellationToken.None);
        using var second = await raw.Link.ReceiveAsync(CancellationToken.None);
        var end = await Assert.ThrowsAsync<LinkException>(async () => await raw.Link.ReceiveAsync(CancellationToken.None));

        Assert.Equal((1L, 2L), (first.Number(), second.Number()));
        Assert.Contains(end.Problem, new[] { "the other end closed the connection", "the connection broke (the stream is closed)" });
    });

    [Fact]
    public void A_cancelled_wait_takes_no_message() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair().Run();
        using var cancel = new CancellationTokenSource();
        var cancelled = pair.Second.ReceiveAsync(cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);
        using var sent = Messages.Make(9, 5);
        await pair.First.SendAsync(sent, SendPriority.Control);

        using var received = await pair.Second.ReceiveAsync(CancellationToken.None);

        received.AssertIs(9, 5);
    });

    [Fact]
    public void One_at_a_time_may_wait() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair().Run();
        var first = pair.Second.ReceiveAsync(CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Second.ReceiveAsync(CancellationToken.None));

        pair.Second.Close("done");
        await Assert.ThrowsAsync<LinkException>(async () => await first);
    });

    [Fact]
    public void A_fault_of_the_protocol_ends_the_link_and_nothing_else() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        var receiving = raw.Link.ReceiveAsync(CancellationToken.None);
        await raw.WriteFrameAsync((FrameKind)4, 0, []);
        await raw.Running;

        var end = await Assert.ThrowsAsync<LinkException>(async () => await receiving);

        Assert.Equal("peer: a frame is of kind 4, and there are 1 (head), 2 (data) and 3 (heartbeat).", end.Message);
        Assert.Equal(0, await raw.Streams.Second.ReadAsync(new byte[1]));
    });

    [Theory]
    [InlineData(8)]
    [InlineData(18)]
    public void A_connection_that_ends_inside_a_message_is_said_to(int bytes) => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        var header = new byte[FrameHeader.Size];
        FrameHeader.Of(FrameKind.Head, 1, Head(1), checksums: true).Write(header);
        await raw.WriteAsync([.. ((byte[])[.. header, .. Head(1)]).Take(bytes)]);
        ((MemoryStreamEnd)raw.Streams.Second).FinishWriting();
        await raw.Running;

        var end = await Assert.ThrowsAsync<LinkException>(async () => await raw.Link.ReceiveAsync(CancellationToken.None));

        Assert.Equal("the connection ended inside a message", end.Problem);
    });

    [Fact]
    public void Memory_that_is_refused_ends_the_link_by_name() => SingleThread.Run(async () =>
    {
        var streams = new MemoryStreamPair();
        await using var link = new Link(
            new(streams.First, "peer", IsProtected: false), "peer", new LinkOptions(), new NoMemory(), new ManualTime());
        var running = link.RunAsync();
        await using var other = new Link(
            new(streams.Second, "link", IsProtected: false), "link", new LinkOptions(), ArrayTensor.Memory, new ManualTime());
        _ = other.RunAsync();
        using var message = Messages.Make(1, 10);
        await other.SendAsync(message, SendPriority.Critical);
        await running;

        var end = await Assert.ThrowsAsync<LinkException>(async () => await link.ReceiveAsync(CancellationToken.None));

        Assert.Equal("there is no memory for tensor 0 of message 1 (Published), 40 bytes", end.Problem);
    });

    private static byte[] Head(long number) => new Envelope { Published = new Published { Epoch = number } }.ToByteArray();

    private sealed class NoMemory : IWireMemory
    {
        // No array is so long: that is an OutOfMemoryException.
        public WireTensor Allocate(ElementType type, IReadOnlyList<long> shape) => new ArrayTensor(type, [new byte[int.MaxValue].Length]);
    }
}
