using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class TemplateTests
{
    private const string Template = """
        {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"S","type_id":0}},
        {"Sequence":{"id":"A","type_id":0}},
        {"SpecialToken":{"id":"E","type_id":0}}],"pair":[],
        "special_tokens":{"S":{"id":"S","ids":[1,2],"tokens":["s","t"]},"E":{"id":"E","ids":[3],"tokens":["e"]}}}
        """;

    private static readonly string[] Letters = ["a", "s", "t", "e"];

    [Fact]
    public void A_template_puts_its_tokens_around_the_text_where_they_are_wanted()
    {
        var tokenizer = Build(Letters, postProcessor: Template);
        Assert.Equal([1, 2, 0, 3], tokenizer.Encode("a"));
        Assert.Equal([1, 2, 3], tokenizer.Encode(""));
        Assert.Equal([0], tokenizer.Encode("a", addSpecialTokens: false));
    }

    [Fact]
    public void Byte_level_changes_no_token_and_a_sequence_nests_its_templates()
    {
        const string bytes = """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}""";
        Assert.Equal([0], Build(Letters, postProcessor: bytes).Encode("a"));
        var nested = $$"""{"type":"Sequence","processors":[{{bytes}},{{Template}},{{Template}}]}""";
        Assert.Equal([1, 2, 1, 2, 0, 3, 3], Build(Letters, postProcessor: nested).Encode("a"));
    }
}
