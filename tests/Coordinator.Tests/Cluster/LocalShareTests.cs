using MoR.Coordinator.Cluster;
using static TorchSharp.torch;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class LocalShareTests
{
    [Theory]
    [InlineData(8, 2, "4 4")]
    [InlineData(8, 3, "3 3 2")]
    [InlineData(2, 4, "1 1 1 1")]
    public void Nodes_share_the_threads_of_the_run(int threads, int nodes, string expected)
    {
        var share = new LocalShare(CPU, 0, threads, nodes);

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(1, nodes).Select(share.ThreadsOf)));
    }

    [Theory]
    [InlineData(0, 4, "cuda:1 cuda:2 cuda:3 cuda:0 cuda:1")]
    [InlineData(2, 3, "cuda:0 cuda:1 cuda:2 cuda:0 cuda:1")]
    [InlineData(0, 1, "cuda:0 cuda:0 cuda:0 cuda:0 cuda:0")]
    public void Nodes_take_the_next_GPUs_in_turn(int own, int gpus, string expected)
    {
        var share = new LocalShare(new Device(TorchSharp.DeviceType.CUDA, own), gpus, 8, 5);

        Assert.Equal(expected, string.Join(' ', Enumerable.Range(1, 5).Select(share.DeviceOf)));
    }

    [Fact]
    public void Nodes_of_a_coordinator_on_the_CPU_are_on_the_CPU_whatever_GPUs_there_are() =>
        Assert.Equal("cpu", new LocalShare(CPU, 4, 8, 2).DeviceOf(1));
}
