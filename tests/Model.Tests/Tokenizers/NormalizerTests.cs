using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Normalizers;
using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class NormalizerTests
{
    [Theory]
    [InlineData("""{"type":"Prepend","prepend":"▁"}""", "a b", "▁a b")]
    [InlineData("""{"type":"Prepend","prepend":"▁"}""", "", "")]
    [InlineData("""{"type":"Replace","pattern":{"String":" "},"content":"▁"}""", " a  b", "▁a▁▁b")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"$0"}""", "a   b c", "a$0b c")]
    [InlineData("""{"type":"Replace","pattern":{"Regex":"a*"},"content":"-"}""", "baac", "-b-c-")]
    [InlineData("""{"type":"Lowercase"}""", "ÀİΣ𐐀z", "ài̇σ𐐨z")]
    [InlineData("""{"type":"Strip","strip_left":true,"strip_right":false}""", "\u3000 a \n", "a \n")]
    [InlineData("""{"type":"Strip","strip_left":false,"strip_right":true}""", " a \n", " a")]
    [InlineData("""{"type":"StripAccents"}""", "e\u0301a\u20DDb\u0903é", "eabé")]
    [InlineData("""{"type":"NFC"}""", "e\u0301 \u1100\u1161\u11A8", "é \uAC01")]
    [InlineData("""{"type":"NFD"}""", "é각", "e\u0301\u1100\u1161\u11A8")]
    [InlineData("""{"type":"NFKC"}""", "ﬁ①Ａ", "fi1A")]
    [InlineData("""{"type":"NFKD"}""", "ﬁé", "fie\u0301")]
    [InlineData("""{"type":"Sequence","normalizers":[]}""", "A", "A")]
    public void A_normalizer_rewrites_the_text(string json, string text, string expected) =>
        Assert.Equal(expected, NormalizerReader.Read(Part(json)).Normalize(text));

    [Fact]
    public void A_sequence_runs_in_order_also_when_nested()
    {
        const string json = """
            {"type":"Sequence","normalizers":[{"type":"Lowercase"},
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"A"}]},{"type":"Prepend","prepend":"B"}]}
            """;
        Assert.Equal("BAx", NormalizerReader.Read(Part(json)).Normalize("X"));
    }

    [Fact]
    public void Replacements_that_multiply_the_text_without_end_are_stopped()
    {
        const string grow = """{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaaaaaaaaaaaa"}""";
        var json = $$"""{"type":"Sequence","normalizers":[{{string.Join(',', Enumerable.Repeat(grow, 12))}}]}""";
        var normalizer = NormalizerReader.Read(Part(json));
        Assert.Contains(Name, Assert.Throws<InputException>(() => normalizer.Normalize("a")).Message);
    }
}
