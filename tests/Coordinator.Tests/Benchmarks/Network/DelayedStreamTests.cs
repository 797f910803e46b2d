using System.IO.Pipelines;
using MoR.Coordinator.Benchmarks.Network;

namespace MoR.Coordinator.Tests.Benchmarks.Network;

public sealed class DelayedStreamTests
{
    private static readonly TimeSpan latency = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task What_is_read_comes_in_order_and_not_before_the_latency()
    {
        var pipe = new Pipe();
        await using var delayed = new DelayedStream(pipe.Reader.AsStream(), latency, TimeProvider.System);
        var began = TimeProvider.System.GetTimestamp();
        await pipe.Writer.WriteAsync(new byte[] { 1, 2, 3 });
        await pipe.Writer.WriteAsync(new byte[] { 4 });
        await pipe.Writer.CompleteAsync();

        var read = new byte[4];
        await delayed.ReadExactlyAsync(read);

        Assert.Equal([1, 2, 3, 4], read);
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= latency);
        Assert.Equal(0, await delayed.ReadAsync(read));
    }

    [Fact]
    public async Task What_was_written_arrives_after_the_latency_also_when_the_stream_is_closed_at_once()
    {
        var pipe = new Pipe();
        var delayed = new DelayedStream(pipe.Writer.AsStream(), latency, TimeProvider.System);
        var began = TimeProvider.System.GetTimestamp();
        await delayed.WriteAsync(new byte[] { 5, 6 });
        await delayed.DisposeAsync();

        var read = await pipe.Reader.ReadAtLeastAsync(3);

        Assert.Equal(2, read.Buffer.Length);
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= latency);
    }
}
