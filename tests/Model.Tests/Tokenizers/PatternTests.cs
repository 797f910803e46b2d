using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Patterns;
using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class PatternTests
{
    private static readonly JsonSerializerOptions AsItStands =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A group around the whole keeps the meaning and is not recognised, so that the general engine runs it.
    [Theory]
    [InlineData(Gpt2Pattern.Expression, typeof(Gpt2Pattern))]
    [InlineData(Cl100kPattern.WithThreeDigits, typeof(Cl100kPattern))]
    [InlineData(Cl100kPattern.WithOneDigit, typeof(Cl100kPattern))]
    public void A_hand_written_scanner_finds_what_its_expression_finds(string expression, Type scanner)
    {
        const int seed = 47;
        var random = new Random(seed);
        var fast = Read(expression);
        var general = Read($"(?:{expression})");
        Assert.IsType(scanner, fast);
        Assert.IsType<RegexPattern>(general);
        for (var round = 0; round < 20_000; round++)
        {
            var text = RandomText(random);
            Assert.True(
                Find(general, text).SequenceEqual(Find(fast, text)), $"seed {seed}, round {round}, text [{text}]");
        }
    }

    [SkippableFact]
    public void The_scanners_agree_with_their_expressions_on_shakespeare()
    {
        var text = TokenizerData.Shakespeare();
        foreach (var expression in new[] { Gpt2Pattern.Expression, Cl100kPattern.WithThreeDigits })
        {
            Assert.True(Find(Read($"(?:{expression})"), text).SequenceEqual(Find(Read(expression), text)));
        }
    }

    [Theory]
    [InlineData(@"[\w-]+", "a\u0903b-c d", "a\u0903b-c|d")]
    [InlineData(@"\W+", "a\u0903, b", ", ")]
    [InlineData(@"\x41|\u0042|\x{43}", "ABCD", "A|B|C")]
    [InlineData(@"\p{^L}+", "a1b", "1")]
    [InlineData(@"\P{^L}+", "a1b", "a|b")]
    [InlineData(@"(?i:ab)c", "ABc abC", "ABc")]
    [InlineData(@"(?i)ab", "AB", "AB")]
    [InlineData(@"^a$", "a\na", "a|a")]
    [InlineData(@"(?<=a)b(?!c)", "ab abc", "b")]
    [InlineData(@"a{2}b{1,}", "aabb", "aabb")]
    [InlineData(@"[]a]+", "]a", "]a")]
    [InlineData(@"\[\^\\", @"[^\", @"[^\")]
    public void Expressions_mean_what_oniguruma_makes_of_them(string expression, string text, string matches)
    {
        var found = Find(Read(expression), text).Select(match => text[match.Start..match.End]);
        Assert.Equal(matches, string.Join('|', found));
    }

    [Theory]
    [InlineData(@"a++")]
    [InlineData(@"\p{N}{1,3}+")]
    [InlineData(@"a{2}?")]
    [InlineData(@"[[:alpha:]]")]
    [InlineData(@"[a-z&&[^b]]")]
    [InlineData(@"\h")]
    [InlineData(@"\R")]
    [InlineData(@"\bword")]
    [InlineData(@"(a)\1")]
    [InlineData(@"(?m:a.b)")]
    [InlineData(@"(?<name>a)")]
    [InlineData(@"a(?i)b")]
    [InlineData(@"a{,3}")]
    [InlineData(@"a{2000}")]
    [InlineData(@"\p{Han}+")]
    [InlineData(@"\p{Letter}")]
    [InlineData(@"\xFF")]
    [InlineData(@"\x{1F600}")]
    [InlineData("[😀]")]
    [InlineData(@"[abc")]
    [InlineData(@"(abc")]
    [InlineData(@"abc\")]
    [InlineData(@"\p{L")]
    [InlineData(@"\u12")]
    [InlineData("*")]
    public void An_expression_that_could_mean_something_else_here_is_refused_by_name(string expression)
    {
        var error = Assert.Throws<InputException>(() => Read(expression));
        Assert.Contains("part", error.Subject);
        Assert.Contains("cannot be used", error.Message);
    }

    [Fact]
    public void An_expression_of_exponential_time_ends_in_an_error_that_names_it()
    {
        var pattern = Read("(a+)+b");
        var error = Assert.Throws<InputException>(() => Find(pattern, new string('a', 60)));
        Assert.Contains("(a+)+b", error.Message);
    }

    [Fact]
    public void The_stand_in_of_every_kind_of_character_is_of_that_kind()
    {
        foreach (var category in Enum.GetValues<UnicodeCategory>())
        {
            var rune = Enumerable.Range(0x10000, 0x100000).Select(point => new Rune(point))
                .FirstOrDefault(rune => Rune.GetUnicodeCategory(rune) == category);
            if (rune.Value != 0)
            {
                Assert.Equal(category, char.GetUnicodeCategory(RegexPattern.StandIn(rune)));
            }
        }
    }

    private static string RandomText(Random random)
    {
        string[] parts =
        [
            "a", "Zb", "é", "ς", "1", "23", "½", "٣", " ", "  ", "\t", "\n", "\r\n", "\u00A0", "\u3000",
            "'", "'s", "'S", "'ll",
            "'Re", "'d", "'ve", "!", ",.", "_", "\u0301", "😀", "𝐀", "𝟎", "\u200D", "\0", "中", "#", "'M",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private static TextPattern Read(string expression) =>
        RegexPattern.Read(Part(JsonSerializer.Serialize(expression, AsItStands)));

    private static List<TextMatch> Find(TextPattern pattern, string text)
    {
        var matches = new List<TextMatch>();
        pattern.FindAll(text, matches);
        return matches;
    }
}
