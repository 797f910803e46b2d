using Xunit.Abstractions;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>
/// Laws 1 to 3 over real processes: nodes are killed, stopped, cut off and restarted, the coordinator is killed, and the adapter
/// is that of one process. <c>./mor test chaos</c> runs a hundred seeds, <c>MOR_CHAOS_SEED=17</c> or <c>1..10,17</c> before it
/// others; lines like "seed 17: identical, ..." go to <c>artifacts/chaos.txt</c>.
/// </summary>
[Trait("Tier", "chaos")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Usual = 100;

    public static TheoryData<int> Seeds()
    {
        var asked = Environment.GetEnvironmentVariable("MOR_CHAOS_SEED") is { Length: > 0 } text ? text : $"1..{Usual}";
        return [.. asked.Split(',').SelectMany(Range)];
    }

    private static IEnumerable<int> Range(string text)
    {
        var ends = text.Split("..");
        var (first, last) = (int.Parse(ends[0]), int.Parse(ends[^1]));
        return Enumerable.Range(first, last - first + 1);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_the_adapter_is_that_of_one_process(int seed)
    {
        var outcome = await Task.Run(async () =>
        {
            await using var run = new ChaosRun(ChaosPlan.Of((ulong)seed));
            return await run.RunAsync();
        });

        output.WriteLine(outcome.ToString());
        await File.AppendAllTextAsync(Results(), outcome + "\n");
        Assert.True(outcome.Problem is null, $"{outcome}\nreplay: MOR_CHAOS_SEED={seed} ./mor test chaos\n{outcome.Problem}");
    }

    /// <summary>A file in the folder of what is built.</summary>
    private static string Results()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is { Name: not "artifacts", Parent: not null })
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.Name == "artifacts" ? folder.FullName : AppContext.BaseDirectory, "chaos.txt");
    }
}
