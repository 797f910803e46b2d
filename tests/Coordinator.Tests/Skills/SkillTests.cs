using MoR.Cluster.Random;
using MoR.Coordinator.Pretraining.Corpora;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Tests.Skills;

public sealed class SkillTests
{
    private const int Items = 400;

    private static readonly Dictionary<string, string> ToToy =
        ("cat mipo dog ruta bird lefi king boda girl nelu wolf gora sees vami likes tosu hears pilo finds duke big ka old wo "
        + "red ji sad pe").Split(' ').Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. SkillCatalogue.All.Select(skill => skill.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_answer_is_the_right_one(string name) =>
        Assert.All(SkillItems.Take(SkillCatalogue.Of(name), Items), item => Assert.Equal(Solve(name, item.Question), item.Answer));

    [Theory]
    [MemberData(nameof(Names))]
    public void No_question_comes_twice_and_more_items_begin_with_the_same_ones(string name)
    {
        var skill = SkillCatalogue.Of(name);
        var items = SkillItems.Take(skill, Items);

        Assert.Equal(Items, items.Length);
        Assert.Distinct(items.Select(item => item.Question));
        Assert.Equal(items.Take(50), SkillItems.Take(skill, 50));
    }

    [Fact]
    public void A_skill_that_has_no_more_items_says_so_by_giving_fewer()
    {
        var items = SkillItems.Take(SkillCatalogue.Of("addition"), 3000);

        // 0 to 99 plus 1 to 20, the pairs of two different numbers from 1 to 20 once.
        Assert.Equal((100 * 20) - (20 * 19 / 2), items.Length);
    }

    [Fact]
    public void No_corpus_of_the_demo_holds_a_line_that_a_skill_asks_for()
    {
        string[] verbs = ["add", "sort", "reverse", "rewrite", "lookup", "translate", "untranslate", "date", "close", "majority"];
        var lines = CorpusCatalogue.All
            .SelectMany(corpus => Enumerable.Range(0, 500).Select(i => corpus.Document(new CounterRandom(1, (ulong)i))))
            .SelectMany(document => document.Split('\n'))
            .ToList();

        Assert.True(lines.Count > 4000);
        Assert.DoesNotContain(lines, line => verbs.Contains(line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("0..199", 0, 199)]
    [InlineData("5..5", 5, 5)]
    [InlineData("0..999999", 0, 999_999)]
    public void A_range_has_both_ends(string text, int first, int last) =>
        Assert.Equal(new ItemRange(first, last), ItemRange.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("7..5")]
    [InlineData("-1..5")]
    [InlineData("0..1..2")]
    [InlineData("0...5")]
    [InlineData("0..1000000")]
    [InlineData("0..x")]
    public void Another_text_is_no_range(string text) => Assert.Null(ItemRange.TryParse(text));

    [Theory]
    [InlineData("0..4", "5..9", false)]
    [InlineData("0..5", "5..9", true)]
    [InlineData("0..99", "5..9", true)]
    [InlineData("50..99", "5..60", true)]
    public void Ranges_overlap_where_they_share_an_item(string left, string right, bool expected) =>
        Assert.Equal(expected, ItemRange.TryParse(left)!.Value.Overlaps(ItemRange.TryParse(right)!.Value));

    /// <summary>Each task done anew, in another way than the skill does it.</summary>
    private static string Solve(string skill, string question)
    {
        var words = question.Split(' ');
        return skill switch
        {
            "addition" => $"{words.Sum(int.Parse)}",
            "sorting" => new string([.. "abcdefghijklmnopqrstuvwxyz".SelectMany(letter => question.Where(c => c == letter))]),
            "reversal" => question.Aggregate("", (text, letter) => letter + text),
            "rewriting" => "aeiou".Aggregate(question, (text, vowel) => text.Replace($"{vowel}", $"{vowel}{vowel}")),
            "look-up" => words.First(word => word.Length == 2 && word[0] == words[^1][0])[1..],
            "translation-to-toy" => Translate(words),
            "translation-to-english" => TranslateBack(words),
            "date-arithmetic" => Later(words),
            "bracket-matching" => Close(question),
            "majority" => question.GroupBy(letter => letter).OrderByDescending(group => group.Count()).First().Key.ToString(),
            _ => throw new ArgumentOutOfRangeException(nameof(skill), skill, "no such skill"),
        };
    }

    private static string Translate(string[] words)
    {
        var verb = Array.FindIndex(words, word => word is "sees" or "likes" or "hears" or "finds");
        string[] order = [.. words[..verb].Reverse(), .. words[(verb + 1)..].Reverse(), words[verb]];
        return string.Join(' ', order.Select(word => ToToy[word]));
    }

    private static string TranslateBack(string[] words)
    {
        var english = Array.ConvertAll(words, word => ToToy.Single(pair => pair.Value == word).Key);
        var second = Array.FindLastIndex(words[..^1], word => word.Length == 4);
        string[] order = [.. english[..second].Reverse(), english[^1], .. english[second..^1].Reverse()];
        return string.Join(' ', order);
    }

    private static string Later(string[] words)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var day = DateTime.ParseExact($"{words[0]} {words[1]} 2023", "d MMM yyyy", culture).AddDays(int.Parse(words[3], culture));
        return day.ToString("d MMM", culture).ToLowerInvariant();
    }

    private static string Close(string text)
    {
        for (var length = -1; length != text.Length;)
        {
            length = text.Length;
            text = text.Replace("()", "").Replace("[]", "").Replace("{}", "").Replace("<>", "");
        }

        return string.Concat(text.Reverse().Select(c => c switch { '(' => ')', '[' => ']', '{' => '}', _ => '>' }));
    }
}
