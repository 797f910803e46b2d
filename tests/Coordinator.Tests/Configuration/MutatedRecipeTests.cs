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

    private static readonly string[] Pieces =
    [
        ":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "&a ", "*a", "!", "!!str ", "|", ">", "|-2", "'", "\"", "#",
        "%", "@", "`", "\\", "\t", "\n", "\r", "\n  ", "\n---\n", "\n...\n", "%YAML 1.2\n", "%YAML 999999999999.9\n",
        "%TAG ! x\n", "\"\\U00110000\"", "\"\\ud800\"", "\"\\x\"", "\"\\0\"", "\0", "\uFEFF", "\u2028", "\u0085",
        "\uD800", "😀", "<<: ", "null", "~", "true", "-1", "0", "1e999", ".inf", new string('9', 46), "router",
        "top_k", "experts", "seed: 1\n", "router.top_k: 1\n", "'\n'", new string('[', 40),
    ];

    [Fact]
    public void A_hundred_thousand_mutated_recipes_load_or_are_refused()
    {
        var random = new Random(Seed);
        var loaded = 0;
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Files; i++)
        {
            var text = Mutate(random);
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

    private static string Mutate(Random random)
    {
        var text = new StringBuilder(Sample);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    text.Insert(random.Next(text.Length + 1), text.ToString(at, length));
                    break;
                case 3 when at < text.Length:
                    text[at] = (char)random.Next(1, 128);
                    break;
                default:
                    text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }
}
