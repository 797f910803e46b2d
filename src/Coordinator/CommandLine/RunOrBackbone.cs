using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The model that <c>evaluate</c> and <c>generate</c> use: a run's, or a backbone and an adapter.</summary>
internal static class RunOrBackbone
{
    /// <exception cref="InputException">Both or neither are given.</exception>
    public static void Check(string command, string? run, string? backbone)
    {
        if (run is not null && backbone is not null)
        {
            throw new InputException(
                "--backbone",
                $"{backbone} is given together with the run {run}, which names its own backbone",
                "Leave one of them out.");
        }

        if (run is null && backbone is null)
        {
            throw new InputException(
                "RUN",
                "neither a run nor a backbone is given",
                $"Write 'mor {command} RUN', or 'mor {command} --backbone DIR' with or without --adapter DIR.");
        }
    }
}
