namespace MoR.Simulation.Tests.Defects;

/// <summary>The simulator finds mistakes: each is put into a copy of the source, which is built and tried with seeds that the real
/// build passes. How many seeds each takes goes to <c>artifacts/defects.txt</c>.</summary>
public sealed class DefectTests
{
    private const int MostSeeds = 1000;
    private static readonly int[] _lasts = [20, 100, 300, MostSeeds];

    public static TheoryData<Defect> All => [.. SeededDefects.All];

    [Theory]
    [MemberData(nameof(All))]
    public void The_text_that_a_defect_changes_is_there_once(Defect defect)
    {
        var text = File.ReadAllText(Path.Combine(SourceCopy.Root, defect.Path));

        Assert.Equal(2, text.Split(defect.Original).Length);
        Assert.NotEqual(defect.Original, defect.Mistaken);
    }

    [Fact]
    public void There_are_at_least_ten() => Assert.InRange(SeededDefects.All.Count, 10, 100);

    [Fact]
    [Trait("Tier", "sim")]
    public async Task Every_seeded_defect_is_caught_within_1000_seeds_that_the_real_build_passes()
    {
        using var copy = SourceCopy.Make();
        await copy.BuildAsync();
        var real = await copy.SimulateAsync(1, MostSeeds);
        Assert.Empty(real);
        List<string> missed = [];
        var results = Path.Combine(SourceCopy.Root, "artifacts", "defects.txt");
        await File.WriteAllTextAsync(results, $"seeds until caught, of {MostSeeds} that the real build passes\n");
        foreach (var defect in SeededDefects.All)
        {
            copy.Put(defect);
            try
            {
                await copy.BuildAsync();
                if (await FirstAsync(copy) is { } caught)
                {
                    await File.AppendAllTextAsync(results, $"{caught,6}  {defect.Name}\n");
                }
                else
                {
                    missed.Add(defect.Name);
                }
            }
            catch (Xunit.Sdk.XunitException problem)
            {
                // The others are tried all the same: it takes long.
                missed.Add($"{defect.Name}: {problem.Message}");
            }
            finally
            {
                copy.TakeBack(defect);
            }
        }

        Assert.Empty(missed);
    }

    private static async Task<long?> FirstAsync(SourceCopy copy)
    {
        var first = 1;
        foreach (var last in _lasts)
        {
            if (await copy.SimulateAsync(first, last) is [var seed, ..])
            {
                return seed;
            }

            first = last + 1;
        }

        return null;
    }
}
