using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Decoders;
using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class DecoderTests
{
    [Theory]
    [InlineData("""{"type":"ByteLevel"}""", "Hello|Ġw|Ã|©|x", "Hello wéx")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}""", "a|Ã", "a\uFFFD")]
    [InlineData("""{"type":"ByteLevel"}""", "ðŁ|ĺ|a|Ģ", "\uFFFDa\uFFFD")]
    [InlineData("""{"type":"ByteLevel"}""", "Ġa|<日 本>|Ġb", " a<日 本> b")]
    [InlineData("""{"type":"ByteFallback"}""", "a|<0xC3>|<0xa9>|b", "aéb")]
    [InlineData("""{"type":"ByteFallback"}""", "a|<0xC3>|<0xC3>|b|<0x41>", "a\uFFFD\uFFFDbA")]
    [InlineData("""{"type":"ByteFallback"}""", "<0xG1>|<0x1>|<0xé>", "<0xG1><0x1><0xé>")]
    [InlineData("""{"type":"Fuse"}""", "a|b", "ab")]
    [InlineData("""{"type":"Replace","pattern":{"String":"▁"},"content":" "}""", "▁a|▁b", " a b")]
    [InlineData("""{"type":"Strip","content":" ","start":1,"stop":2}""", "  a   | ", " a ")]
    [InlineData("""{"type":"Metaspace","replacement":"▁"}""", "▁a|▁b▁|c", "a b c")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}""", "▁a|▁b", " a b")]
    [InlineData("null", "a|b", "a b")]
    public void A_decoder_makes_text_of_tokens(string json, string tokens, string expected)
    {
        var part = json == "null" ? null : (MoR.Model.Tokenizers.Json.JsonPart?)Part(json);
        Assert.Equal(expected, DecoderReader.Read(part).Decode([.. tokens.Split('|')]));
    }

    [Fact]
    public void A_sequence_strips_the_one_space_in_front_of_the_fused_text()
    {
        const string json = """
            {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},
            {"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}
            """;
        Assert.Equal(" a é", DecoderReader.Read(Part(json)).Decode(["▁▁a", "▁", "<0xC3>", "<0xA9>"]));
    }

    [Fact]
    public void Replacements_that_multiply_the_text_without_end_are_stopped()
    {
        const string grow = """{"type":"Replace","pattern":{"Regex":""},"content":"aaaaaaaaaaaaaaaaaaaa"}""";
        var decoder = DecoderReader.Read(
            Part($$"""{"type":"Sequence","decoders":[{{string.Join(',', Enumerable.Repeat(grow, 12))}}]}"""));
        Assert.Contains(Name, Assert.Throws<InputException>(() => decoder.Decode(["a"])).Message);
    }

    [Fact]
    public void Ids_without_token_are_left_out_of_the_text()
    {
        var tokenizer = Build(["a", "b"], decoder: """{"type":"Fuse"}""");
        Assert.Equal("ab", tokenizer.Decode([0, 7, -1, 1, int.MaxValue]));
    }

    [Fact]
    public void A_stream_gives_out_only_complete_characters_and_the_rest_at_its_end()
    {
        var tokenizer = Build(["a", "Ã", "©", "ĠðŁĺ", "Ģ"], decoder: """{"type":"ByteLevel"}""");
        var stream = tokenizer.DecodeStream();
        int[] ids = [0, 1, 2, 3, 4, 99, 1];
        Assert.Equal(["a", "", "é", "", " 😀", "", ""], ids.Select(stream.Append));
        Assert.Equal("\uFFFD", stream.Finish());
        Assert.Equal("", stream.Finish());
    }

    [Fact]
    public void A_stream_keeps_the_spaces_between_words_and_drops_the_one_in_front()
    {
        var tokenizer = Build(["▁a", "▁b"], decoder: """{"type":"Metaspace","replacement":"▁"}""");
        var stream = tokenizer.DecodeStream();
        Assert.Equal(["a", " b", " b", " a"], new[] { 0, 1, 1, 0 }.Select(stream.Append));
    }

    [Fact]
    public void A_stream_of_bytes_that_never_make_a_character_is_given_out_all_the_same()
    {
        var tokenizer = Build(["Ã"], decoder: """{"type":"ByteLevel"}""");
        var stream = tokenizer.DecodeStream();
        var text = string.Concat(Enumerable.Repeat(0, 100).Select(stream.Append));
        Assert.InRange(text.Length, 80, 100);
        Assert.Equal(new string('\uFFFD', 100), text + stream.Finish());
    }
}
