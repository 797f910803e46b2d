using MoR.Model.Tokenizers.Patterns;
using MoR.Model.Tokenizers.PreTokenizers;
using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class PreTokenizerTests
{
    [Theory]
    [InlineData("""{"type":"WhitespaceSplit"}""", " a,b\u00A0c\n", "a,b|c")]
    [InlineData("""{"type":"Whitespace"}""", "it's a_1 😀! é\u0301", "it|'|s|a_1|😀!|é\u0301")]
    [InlineData("""{"type":"Punctuation"}""", "a,b$¿c", "a|,|b|$|¿|c")]
    [InlineData("""{"type":"Punctuation","behavior":"Removed"}""", ",a,,b", "a|b")]
    [InlineData("""{"type":"Digits","individual_digits":true}""", "a12½b", "a|1|2|½|b")]
    [InlineData("""{"type":"Digits","individual_digits":false}""", "a12½b3", "a|12½|b|3")]
    public void Classes_of_characters_cut_the_text(string json, string text, string expected) =>
        Assert.Equal(expected, Pieces(json, text));

    [Theory]
    [InlineData("Isolated", "-a-b--c-", "-|a|-|b|-|-|c|-")]
    [InlineData("Removed", "-a-b--c-", "a|b|c")]
    [InlineData("MergedWithPrevious", "-a-b--c-", "-|a-|b-|-|c-")]
    [InlineData("MergedWithNext", "-a-b--c-", "-a|-b|-|-c|-")]
    [InlineData("Contiguous", "-a-b--c-", "-|a|-|b|--|c|-")]
    public void Split_treats_delimiters_as_its_behavior_says(string behavior, string text, string expected)
    {
        Assert.Equal(expected, Pieces(Split("""{"String":"-"}""", behavior), text));
        Assert.Equal(expected, Pieces(Split("""{"Regex":"-"}""", behavior), text));
    }

    [Theory]
    [InlineData("Removed", "ab|c")]
    [InlineData("Isolated", " |ab|, |c|!")]
    [InlineData("MergedWithPrevious", " |ab, |c!")]
    [InlineData("MergedWithNext", " ab|, c|!")]
    public void An_inverted_split_takes_what_lies_between_matches_as_delimiters(string behavior, string expected) =>
        Assert.Equal(expected, Pieces(Split("""{"Regex":"\\w+"}""", behavior, invert: true), " ab, c!"));

    [Fact]
    public void A_regex_sees_characters_beyond_the_basic_plane_as_one_of_their_kind() =>
        Assert.Equal("𝐀b|😀😀|𝟎1|𠀀", Pieces(Split("""{"Regex":"\\p{L}+|\\p{N}+|\\p{So}{2}"}""", "Isolated"), "𝐀b😀😀𝟎1𠀀"));

    [Theory]
    [InlineData("always", "a b", "▁a|▁b")]
    [InlineData("first", "a b", "▁a|▁b")]
    [InlineData("never", "a b", "a|▁b")]
    [InlineData("always", " a  b", "▁a|▁|▁b")]
    [InlineData("always", "▁a", "▁a")]
    public void Metaspace_writes_spaces_as_its_replacement(string scheme, string text, string expected) =>
        Assert.Equal(
            expected, Pieces($$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}"}""", text));

    [Fact]
    public void Metaspace_reads_the_older_key_too()
    {
        Assert.Equal("a|▁b", Pieces("""{"type":"Metaspace","replacement":"▁","add_prefix_space":false}""", "a b"));
        Assert.Equal("▁a|▁b", Pieces("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""", "a b"));
    }

    [Fact]
    public void Metaspace_without_split_leaves_one_piece() =>
        Assert.Equal("▁a▁b", Pieces("""{"type":"Metaspace","replacement":"▁","split":false}""", "a b"));

    [Theory]
    [InlineData("first", new[] { "▁a", "<s>", "a" })]
    [InlineData("always", new[] { "▁a", "<s>", "▁a" })]
    public void Metaspace_prepends_to_the_first_stretch_only_where_the_scheme_says_so(string scheme, string[] expected)
    {
        var tokenizer = Build(
            ["a", "▁", "▁a"],
            ["▁ a"],
            added: $"[{AddedToken(3, "<s>")}]",
            preTokenizer: $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}"}""");
        Assert.Equal(expected, Tokens(tokenizer, "a<s>a"));
        Assert.Equal(["<s>", scheme == "first" ? "a" : "▁a"], Tokens(tokenizer, "<s>a"));
    }

    [Fact]
    public void Byte_level_spells_bytes_and_may_add_a_space()
    {
        const string start = """{"type":"ByteLevel","trim_offsets":true,"add_prefix_space":""";
        Assert.Equal("Hi|Ġé|Ċ".Replace("é", "Ã©"), Pieces(start + "false}", "Hi é\n"));
        Assert.Equal("ĠHi|ĠÃ©", Pieces(start + "true}", "Hi é"));
        Assert.Equal("ĠHi|ĠÃ©", Pieces(start + "true}", " Hi é"));
        Assert.Equal("HiĠ1", Pieces(start + "false,\"use_regex\":false}", "Hi 1"));
        Assert.Equal("ðŁĺĢ", Pieces(start + "false}", "😀"));
    }

    [Fact]
    public void The_parts_that_llama_3_uses_work_together()
    {
        var expression = System.Text.Json.JsonSerializer.Serialize(Cl100kPattern.WithThreeDigits);
        var split = Split($$"""{"Regex":{{expression}}}""", "Isolated");
        var json = $$"""
            {"type":"Sequence","pretokenizers":[{{split}},
            {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
            """;
        Assert.Equal("I|'LL|Ġpay|Ġ|123|45|Ġ($)|Ġnow|ĊĊ|Ġok", Pieces(json, "I'LL pay 12345 ($) now\n\n ok"));
    }

    [Fact]
    public void A_sequence_cuts_what_the_ones_before_it_left()
    {
        const string json = """
            {"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Sequence","pretokenizers":
            [{"type":"Digits","individual_digits":true}]},{"type":"Punctuation","behavior":"MergedWithPrevious"}]}
            """;
        Assert.Equal("a,|1|2|b", Pieces(json, "a,12 b"));
    }

    private static string Split(string pattern, string behavior, bool invert = false)
    {
        var inverted = invert ? "true" : "false";
        return $$"""{"type":"Split","pattern":{{pattern}},"behavior":"{{behavior}}","invert":{{inverted}}}""";
    }

    private static string Pieces(string json, string text)
    {
        var pieces = PreTokenizerReader.Read(Part(json))
            .Split(new Piece(text, 0, text.Length, IsFirst: true), new PreTokenizerScratch());
        return string.Join('|', pieces.Select(piece => piece.Span.ToString()));
    }
}
