using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>What one process makes of the recipe of a plan: made once for each.</summary>
/// <param name="AdapterSha256">The adapter.</param>
/// <param name="Losses">The loss of each step, as written.</param>
internal sealed record ChaosReference(string AdapterSha256, IReadOnlyList<string> Losses)
{
    private static readonly Dictionary<string, Task<ChaosReference>> known = [];

    public static Task<ChaosReference> OfAsync(ChaosPlan plan)
    {
        lock (known)
        {
            var recipe = string.Join(' ', plan.Recipe);
            if (!known.TryGetValue(recipe, out var made))
            {
                known.Add(recipe, made = MakeAsync(plan));
            }

            return made;
        }
    }

    /// <summary>The losses of a run's steps, in the order of the file.</summary>
    public static IReadOnlyList<string> LossesOf(string run) =>
    [
        .. RunFiles.Metrics(run).Where(line => !line.ContainsKey("evaluation")).Select(line => $"{line["step"]}: {line["loss"]}"),
    ];

    private static async Task<ChaosReference> MakeAsync(ChaosPlan plan)
    {
        using var world = new TinyWorld();
        var run = (await MorProcess.RunAsync(["train", world.Recipe, "--output", world["run"], .. plan.Recipe])).Succeeded();
        return new ChaosReference(run.AdapterSha256, LossesOf(world["run"]));
    }
}
