using MoR.Cluster.Errors;

namespace MoR.Coordinator.Training;

/// <summary>What may change when a run goes on: nothing that would make it another experiment.</summary>
internal static class ResumeRules
{
    private static readonly string[] Allowed =
        ["training.steps", "training.window", "numerics.", "evaluation.", "checkpoint.", "backbone.path", "data.folder"];

    /// <summary>Refuses other overrides.</summary>
    public static void Check(IEnumerable<string> overrides)
    {
        foreach (var key in overrides.Select(item => item.Split('=')[0].Trim()))
        {
            if (!Array.Exists(Allowed, allowed => allowed.EndsWith('.')
                ? key.StartsWith(allowed, StringComparison.Ordinal)
                : key == allowed))
            {
                throw new InputException(
                    $"--set {key}",
                    "it cannot change when a run goes on, because the steps before it would belong to another run",
                    "Start a new run with it, or leave it out. What may change: training.steps, training.window, numerics.*, "
                    + "evaluation.*, checkpoint.*, backbone.path, data.folder.");
            }
        }
    }
}
