using System.Text.Json.Nodes;
using MoR.Coordinator.Benchmarks.Tokenization;

namespace MoR.Coordinator.Tests.Benchmarks;

public sealed class LearnedTokenizerTests
{
    /// <summary>The example of Sennrich et al. 2016, without its end of word.</summary>
    [Fact]
    public void The_most_frequent_pair_is_merged_first()
    {
        var words = new Dictionary<string, int> { ["low"] = 5, ["lower"] = 2, ["newest"] = 6, ["widest"] = 3 };
        var plain = JsonNode.Parse("""{"model": {"vocab": {"e": 0, "s": 1}, "merges": []}}""")!.AsObject();

        var model = LearnedTokenizer.Of(plain, words, merges: 4)["model"]!;

        Assert.Equal(["e s", "es t", "l o", "lo w"], model["merges"]!.AsArray().Select(merge => (string)merge!));
        Assert.Equal((2, 5), ((int)model["vocab"]!["es"]!, (int)model["vocab"]!["low"]!));
    }

    [Fact]
    public void Merges_end_where_every_word_is_a_token()
    {
        var plain = JsonNode.Parse("""{"model": {"vocab": {}, "merges": []}}""")!.AsObject();

        var model = LearnedTokenizer.Of(plain, new Dictionary<string, int> { ["aaa"] = 1 }, merges: 9)["model"]!;

        Assert.Equal(["a a", "aa a"], model["merges"]!.AsArray().Select(merge => (string)merge!));
    }

    [Fact]
    public void Made_text_is_the_same_every_time_and_as_uneven_as_text_is()
    {
        var documents = MadeText.Documents(50);

        Assert.Equal(documents, MadeText.Documents(50));
        Assert.Equal(50, documents.Distinct().Count());
        var counts = documents.SelectMany(document => document.Split(' ')).GroupBy(word => word).Select(word => word.Count());
        Assert.True(counts.Max() > 100, "a word that is frequent");
        Assert.True(counts.Count(count => count == 1) > 500, "words that are rare");
    }
}
