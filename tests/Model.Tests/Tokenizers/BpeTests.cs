using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class BpeTests
{
    private static readonly string[] Letters = ["?", "a", "b", "c", "ab", "bc", "abc", "aa", "<0xC3>", "<0xA9>"];

    [Fact]
    public void Merges_happen_by_rank_and_from_left_to_right()
    {
        Assert.Equal(["a", "bc"], Tokens(Build(Letters, ["b c", "a b", "a a"]), "abc"));
        Assert.Equal(["abc"], Tokens(Build(Letters, ["a b", "ab c"]), "abc"));
        Assert.Equal(["aa", "a"], Tokens(Build(Letters, ["a a"]), "aaa"));
    }

    [Fact]
    public void Of_a_merge_that_occurs_twice_the_later_rank_counts() =>
        Assert.Equal(["a", "bc"], Tokens(Build(Letters, ["a b", "b c", "a b"]), "abc"));

    [Fact]
    public void A_comment_line_among_the_merges_is_no_merge() =>
        Assert.Equal(["ab"], Tokens(Build(Letters, ["#version: 0.2", "a b"]), "ab"));

    [Fact]
    public void A_whole_word_that_is_a_token_skips_the_merges_where_the_model_says_so()
    {
        Assert.Equal(["abc"], Tokens(Build(Letters, ["b c"], "\"ignore_merges\":true,"), "abc"));
        Assert.Equal(["a", "bc"], Tokens(Build(Letters, ["b c"]), "abc"));
    }

    [Fact]
    public void Unknown_characters_become_the_unknown_token_one_by_one_or_fused()
    {
        Assert.Equal(["a", "?", "?", "b"], Tokens(Build(Letters, model: "\"unk_token\":\"?\","), "axyb"));
        Assert.Equal(["a", "?", "b"], Tokens(Build(Letters, model: "\"unk_token\":\"?\",\"fuse_unk\":true,"), "axyb"));
    }

    [Fact]
    public void Without_unknown_token_unknown_characters_are_left_out() =>
        Assert.Equal(["ab"], Tokens(Build(Letters, ["a b"]), "axb"));

    [Fact]
    public void Byte_fallback_spells_a_character_whose_bytes_are_all_tokens()
    {
        var tokenizer = Build(Letters, model: "\"unk_token\":\"?\",\"byte_fallback\":true,");
        Assert.Equal(["a", "<0xC3>", "<0xA9>", "b"], Tokens(tokenizer, "aéb"));
        Assert.Equal(["a", "?", "b"], Tokens(tokenizer, "aèb"));
    }

    [Fact]
    public void Characters_beyond_the_basic_plane_are_one_symbol() =>
        Assert.Equal(["😀😀", "😁"], Tokens(Build(["😀", "😁", "😀😀"], ["😀 😀"]), "😀😀😁"));

    [Theory]
    [InlineData("")]
    [InlineData("\"unk_token\":\"?\",")]
    [InlineData("\"unk_token\":\"?\",\"fuse_unk\":true,")]
    [InlineData("\"unk_token\":\"?\",\"fuse_unk\":true,\"byte_fallback\":true,")]
    public void Words_of_every_length_agree_with_naive_byte_pair_encoding(string options)
    {
        const int seed = 41;
        var random = new Random(seed);
        var (tokens, merges) = RandomVocabulary(random);
        tokens.AddRange(Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"));
        var tokenizer = Build([.. tokens], [.. merges], options);
        for (var round = 0; round < 300; round++)
        {
            var word = RandomWord(random, "aabbcdde😀xé", 1 + random.Next(round < 250 ? 40 : 400));
            Assert.True(
                NaiveBpe.Encode(tokenizer.Model, word).SequenceEqual(tokenizer.Encode(word)),
                $"seed {seed}, round {round}, word {word}");
        }
    }

    [SkippableTheory]
    [InlineData(TokenizerData.Mistral)]
    [InlineData(TokenizerData.Story)]
    public void Cutting_long_texts_where_nothing_can_merge_changes_no_token(string folder)
    {
        var tokenizer = TokenizerData.Load(folder);
        foreach (var sentence in TokenizerData.RteSentences().Take(300))
        {
            var word = "▁" + sentence.Replace(' ', '▁');
            Assert.Equal(NaiveBpe.Encode(tokenizer.Model, word), tokenizer.Encode(sentence, addSpecialTokens: false));
        }
    }

    [Fact]
    public async Task Threads_that_share_a_tokenizer_get_the_tokens_that_one_thread_gets()
    {
        const int seed = 43;
        var random = new Random(seed);
        var (tokens, merges) = RandomVocabulary(random);
        var words = Enumerable.Range(0, 2000).Select(_ => RandomWord(random, "abcde", 1 + random.Next(12))).ToList();
        var alone = Build([.. tokens], [.. merges]);
        var expected = words.ConvertAll(word => alone.Encode(word));
        var shared = Build([.. tokens], [.. merges]);
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Task.Run(() => words.ConvertAll(word => shared.Encode(word)))));
        Assert.All(results, result => Assert.Equal(expected, result));
    }

    private static (List<string> Tokens, List<string> Merges) RandomVocabulary(Random random)
    {
        List<string> tokens = ["?", "a", "b", "c", "d", "e", "😀"];
        List<string> merges = [];
        while (merges.Count < 60)
        {
            var left = tokens[random.Next(1, tokens.Count)];
            var right = tokens[random.Next(1, tokens.Count)];
            if (left.Length + right.Length <= 8 && !merges.Contains($"{left} {right}"))
            {
                merges.Add($"{left} {right}");
                tokens.AddRange(tokens.Contains(left + right) ? [] : [left + right]);
            }
        }

        return (tokens, merges);
    }

    private static string RandomWord(Random random, string alphabet, int length)
    {
        var runes = alphabet.EnumerateRunes().ToArray();
        return string.Concat(Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)]));
    }
}
