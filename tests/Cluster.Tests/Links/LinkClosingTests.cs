using Google.Protobuf;
using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Links;

public sealed class LinkClosingTests
{
    [Fact]
    public void The_first_reason_is_the_one_that_counts() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair().Run();

        pair.First.Close("one");
        pair.First.Close("two");

        Assert.Equal(
            "second: one.",
            (await Assert.ThrowsAsync<LinkException>(async () => await pair.First.ReceiveAsync(CancellationToken.None))).Message);
    });

    [Fact]
    public void What_was_received_and_not_taken_is_disposed_of() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair().Run();
        using var message = Messages.Make(1, 100);
        await pair.First.SendAsync(message, SendPriority.Critical);
        await pair.First.SendAsync(message, SendPriority.Critical);
        await SingleThread.IdleAsync();
        Assert.Equal(2, pair.Memory.LiveTensors);

        await pair.Second.DisposeAsync();

        Assert.Equal(0, pair.Memory.LiveTensors);
    });

    [Fact]
    public void A_message_that_is_half_there_is_disposed_of() => SingleThread.Run(async () =>
    {
        await using var raw = new RawEnd();
        using var message = Messages.Make(1, 10, 5);
        await raw.WriteFrameAsync(FrameKind.Head, 1, message.Envelope.ToByteArray());
        await raw.WriteFrameAsync(FrameKind.Data, 1, new byte[40]);
        await raw.WriteFrameAsync(FrameKind.Data, 1, new byte[12]);
        await SingleThread.IdleAsync();
        Assert.Equal(2, raw.Memory.LiveTensors);

        await raw.Link.DisposeAsync();

        Assert.Equal(0, raw.Memory.LiveTensors);
    });

    [Fact]
    public void A_link_that_never_ran_ends_too() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair();
        using var message = Messages.Make(1);
        var sending = pair.First.SendAsync(message, SendPriority.Critical);
        Assert.False(sending.IsCompleted);

        pair.First.Close("before it began");

        Assert.Equal("before it began", (await Assert.ThrowsAsync<LinkException>(() => sending)).Problem);
        await pair.First.RunAsync();
    });

    [Fact]
    public void A_link_runs_once() => SingleThread.Run(async () =>
    {
        await using var pair = new LinkPair().Run();

        await Assert.ThrowsAsync<InvalidOperationException>(pair.First.RunAsync);
    });
}
