using System.Text.Json.Nodes;

namespace MoR.Coordinator.Benchmarks;

/// <summary>Something that is measured beside its baselines.</summary>
internal interface IBenchmark
{
    /// <summary>What the command line calls it.</summary>
    string Name { get; }

    /// <summary>What it measures, in a line.</summary>
    string Description { get; }

    /// <summary>Whether it runs on other devices than the CPU.</summary>
    bool RunsOnDevices => false;

    /// <summary>Measures, verifies what was computed, tells a person, and returns the same for programs.</summary>
    Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop);
}
