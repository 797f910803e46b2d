using System.Globalization;
using TorchSharp;

namespace MoR.Coordinator.Cluster;

/// <summary>What of this machine each local node gets.</summary>
/// <param name="Device">Where the coordinator computes.</param>
/// <param name="Gpus">GPUs of this machine.</param>
/// <param name="Threads">Threads of the run: nodes have as many together, as they compute while the coordinator waits for them.</param>
/// <param name="Nodes">Local nodes.</param>
internal sealed record LocalShare(torch.Device Device, int Gpus, int Threads, int Nodes)
{
    /// <summary>Threads of a node, at least 1; the first nodes have one more where they do not divide.</summary>
    /// <param name="number">Of the node, from 1.</param>
    public int ThreadsOf(int number) => Math.Max(1, (Threads / Nodes) + (number <= Threads % Nodes ? 1 : 0));

    /// <summary>Device of a node: the coordinator's kind, and of several GPUs the next ones after the coordinator's in turn.</summary>
    /// <param name="number">Of the node, from 1.</param>
    public string DeviceOf(int number) => Device.type == DeviceType.CUDA
        ? string.Create(CultureInfo.InvariantCulture, $"cuda:{(Math.Max(0, Device.index) + number) % Math.Max(1, Gpus)}")
        : "cpu";
}
