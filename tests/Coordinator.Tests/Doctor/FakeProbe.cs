using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Doctor;
using MoR.Torch;

namespace MoR.Coordinator.Tests.Doctor;

/// <summary>A machine as a test wants it; by default a good one.</summary>
internal sealed class FakeProbe : IMachineProbe
{
    public static MachineFacts GoodMachine { get; } = new()
    {
        MorVersion = "1.2.3",
        DotnetVersion = "10.0.1",
        OperatingSystem = "Some Linux 12",
        Kernel = "6.1.0",
        Processor = new ProcessorFacts("Some CPU", 4, 8, ["avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl"]),
        UsableProcessors = 6,
        Memory = new MemoryFacts(16L << 30, 8L << 30),
        Torch = new TorchInfo("2.1.0", "/lib/libopenblas.so.0", "OpenBLAS 0.3.21", "SkylakeX", "avx512", ["Some GPU"]),
        Identity = new Machine
        {
            AnswersSha256 = "0123456789abcdef",
            Device = "cpu",
            Cpu = "SkylakeX, avx512",
            Libraries = "libtorch 2.1.0, OpenBLAS 0.3.21",
        },
        Folder = "/home/somebody",
        FreeBytes = 100L << 30,
    };

    public MachineFacts Facts { get; init; } = GoodMachine;

    public double GigaflopsPerThread { get; init; } = 60;

    public MachineFacts Read() => Facts;

    public ProductRate Measure(int threads) => new(threads, GigaflopsPerThread * threads);
}
