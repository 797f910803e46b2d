using MoR.Coordinator.Planning;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;
using MoR.Torch;

namespace MoR.Coordinator.Tests.Planning;

/// <summary>Runs and machines for the arithmetic.</summary>
internal static class PlannedRuns
{
    /// <summary>A machine that computes and sends for nothing, so that a test can price one thing.</summary>
    public static MachineSpeed Free { get; } = new()
    {
        Source = "free",
        OperationsPerSecond = double.PositiveInfinity,
        ExpertOperationsPerSecond = double.PositiveInfinity,
        MemoryBytesPerSecond = double.PositiveInfinity,
        ActivationBytesPerSecond = double.PositiveInfinity,
        SecondsPerExpert = 0,
        SecondsPerDispatch = 0,
        SecondsPerWireByte = 0,
        SecondsPerMessage = 0,
        Threads = 2,
        MemoryBytes = long.MaxValue,
    };

    /// <summary>An A100's figures.</summary>
    public static MachineSpeed Gpu { get; } = GivenDevice.Of(19.5e12, 1.555e12, 80L << 30);

    /// <summary>Two cores, about as docs/PERFORMANCE.md measured them.</summary>
    public static MachineSpeed TwoCores { get; } = Free with
    {
        OperationsPerSecond = 180e9,
        ExpertOperationsPerSecond = 35e9,
        MemoryBytesPerSecond = 45e9,
        ActivationBytesPerSecond = 6e9,
        SecondsPerExpert = 30e-6,
        SecondsPerDispatch = 100e-6,
        SecondsPerWireByte = 0.4e-9,
        SecondsPerMessage = 80e-6,
        MemoryBytes = 16L << 30,
    };

    /// <summary>LoRA on all seven linears, top 2 of 8 experts of rank 8 in 8 shards; 4 micro-batches of 4,096 tokens.</summary>
    public static PlannedRun Of(string backbone) => new()
    {
        Config = KnownBackbones.Find(backbone)!,
        Spec = Spec(KnownBackbones.Find(backbone)!.Layers),
        Wire = WireType.F32,
        MicroBatches = 4,
        Sequences = 8,
        Length = 512,
        Window = 4,
    };

    /// <summary>Two layers.</summary>
    public static PlannedRun Small => Of("tinyllama-1.1b") with
    {
        Config = KnownBackbones.Find("tinyllama-1.1b")! with { Layers = 2, HiddenSize = 128, IntermediateSize = 352, VocabularySize = 258 },
        Spec = Spec(layers: 2),
        MicroBatches = 2,
        Window = 2,
        Sequences = 32,
        Length = 27,
    };

    /// <summary>The adapter.</summary>
    public static AdapterSpec Spec(int layers, int rank = 8, int experts = 8, int shards = 8) => new(
        new ExpertSpec
        {
            CountPerLayer = [.. Enumerable.Repeat(experts, layers)],
            RankPerLayer = [.. Enumerable.Repeat(rank, layers)],
            Targets = Enum.GetValues<Linear>(),
            Shards = shards,
        },
        new RouterSpec { Kind = RouterCatalogue.TopK, TopK = 2 });
}
