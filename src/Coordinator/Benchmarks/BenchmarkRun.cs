using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>What a benchmark works with.</summary>
/// <param name="Shape">Model and batch.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Threads">Threads of every contender.</param>
/// <param name="Device">Where every contender computes.</param>
/// <param name="Python">The Python that was named, if one was.</param>
/// <param name="Terminal">Where it speaks.</param>
/// <param name="Time">Measures.</param>
/// <param name="Fatal">Where a failed commit ends.</param>
internal sealed record BenchmarkRun(
    BenchmarkShape Shape, int Rounds, int Threads, Device Device, string? Python, ITerminal Terminal, TimeProvider Time,
    IFatalExit Fatal)
{
    private const string ScriptsFolder = "benchmarks/pytorch";

    /// <summary>The path of a baseline's script.</summary>
    public static string Script(string name) => Path.Combine(
        ShippedFolder.Find(ScriptsFolder)
            ?? throw new InputException(
                ScriptsFolder, "the baselines do not lie beside the program", "Run mor from a clone."),
        name);
}
