using System.Diagnostics;
using System.Text;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using Xunit.Abstractions;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class MutatedRecipeTests(ITestOutputHelper output)
{
    private const int Files = 100_000;
    private const int Seed = 20_250_323;

    private const string Sample = """
        # A sample.
        name: "a"
        backbone: {path: /b}
        data:
          folder: /d
          tasks: [rte]
        experts:
          count: [2, 4]
          rank: 8
        router: {kind: mor, top_k: 2}
        training:
          learning_rate: 3e-4
        numerics: {threads: null}

        """;

    [Fact]
    public void A_hundred_thousand_mutated_recipes_load_or_are_refused()
    {
        var random = new Random(Seed);
        var loaded = 0;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Files; i++)
        {
            var text = TextMutator.Mutate(Sample, random);
            try
            {
                var recipe = Recipe.Parse("/f/r.yaml", text, []);
                loaded++;
                var again = Recipe.Parse("/g/s.yaml", recipe.ToYaml(), []);
                Assert.True(recipe == again, $"seed {Seed}, file {i}: the resolved recipe reads back differently");
            }
            catch (InputException e)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.NextStep), $"seed {Seed}, file {i}: no next step");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                var bytes = Convert.ToHexString(Encoding.UTF8.GetBytes(text));
                Assert.Fail($"seed {Seed}, file {i}: {e}\n{bytes}");
            }
        }

        output.WriteLine($"{loaded} of {Files} loaded, {clock.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(loaded, Files / 100, Files * 9 / 10);
    }

    [Fact]
    public void Mutated_task_files_load_or_are_refused()
    {
        var sample = File.ReadAllText(Path.Join(TestFolders.Tasks, "rte.yaml"))
            + "choices_from: instruction\nchoices_pattern: '(?:a|\\G/)(b+)*'\n";
        var random = new Random(Seed);
        for (var i = 0; i < Files / 20; i++)
        {
            var text = TextMutator.Mutate(sample, random);
            var error = Record.Exception(() => TaskDefinition.Parse("/f/t.yaml", text));
            Assert.True(error is null or InputException, $"seed {Seed}, file {i}: {error}");
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("a:\n")]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("!")]
    [InlineData("%")]
    [InlineData("#\n")]
    [InlineData("|\n")]
    [InlineData("a,")]
    [InlineData("[a, ")]
    [InlineData("\n")]
    [InlineData("9")]
    public void A_mebibyte_of_one_piece_is_refused_soon(string piece)
    {
        var text = "seed: " + string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        var clock = Stopwatch.StartNew();
        Assert.Throws<InputException>(() => Recipe.Parse("r.yaml", text, []));
        Assert.Throws<InputException>(() => Recipe.Parse("r.yaml", text[6..], []));
        output.WriteLine($"{clock.Elapsed.TotalSeconds:F2} s");
    }
}
