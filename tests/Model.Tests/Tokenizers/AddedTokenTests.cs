using MoR.Model.Tokenizers;
using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class AddedTokenTests
{
    private static readonly string[] Letters = ["a", "b", "c", " ", "x", "_"];

    [Fact]
    public void An_added_token_is_found_inside_a_text_and_the_longest_wins()
    {
        var tokenizer = WithAdded(AddedToken(6, "<s>"), AddedToken(7, "<s>a"), AddedToken(8, "b<s>"));
        Assert.Equal(["a", "<s>", "b"], Tokens(tokenizer, "a<s>b"));
        Assert.Equal(["<s>a", "b"], Tokens(tokenizer, "<s>ab"));
        Assert.Equal(["b<s>", "a"], Tokens(tokenizer, "b<s>a"));
    }

    [Fact]
    public void A_single_word_is_found_only_where_no_word_character_touches_it()
    {
        var tokenizer = WithAdded(AddedToken(6, "ab", singleWord: true));
        Assert.Equal(["ab", " ", "a", "b", "c", " ", "ab"], Tokens(tokenizer, "ab abc ab"));
        Assert.Equal(["x", "a", "b"], Tokens(tokenizer, "xab"));
        Assert.Equal(["a", "b", "_"], Tokens(tokenizer, "ab_"));
    }

    [Fact]
    public void White_space_beside_a_stripping_token_belongs_to_it()
    {
        Assert.Equal(["a", "<m>", " ", "b"], Tokens(WithAdded(AddedToken(6, "<m>", stripLeft: true)), "a  <m> b"));
        Assert.Equal(["a", " ", "<m>", "b"], Tokens(WithAdded(AddedToken(6, "<m>", stripRight: true)), "a <m> \n b"));
        var both = WithAdded(AddedToken(6, "<m>", stripLeft: true, stripRight: true));
        Assert.Equal(["<m>", "<m>", "a"], Tokens(both, " <m>  <m> a"));
    }

    [Fact]
    public void Only_normalized_tokens_are_found_in_the_normalised_text()
    {
        const string lower = """{"type":"Lowercase"}""";
        var raw = Build(Letters, added: $"[{AddedToken(6, "AB")}]", normalizer: lower);
        Assert.Equal(["AB", "a", "b", "c"], Tokens(raw, "ABabC"));
        var normalized = Build(Letters, added: $"[{AddedToken(6, "AB", normalized: true)}]", normalizer: lower);
        Assert.Equal(["AB", "AB", "c"], Tokens(normalized, "ABabC"));
    }

    [Fact]
    public void Special_tokens_are_left_out_of_decoded_text_unless_asked_for()
    {
        var tokenizer = Build(
            Letters,
            added: $"[{AddedToken(6, "<s>", special: true)},{AddedToken(7, "<t>")}]",
            decoder: """{"type":"Fuse"}""");
        Assert.Equal("a<t>b", tokenizer.Decode([0, 6, 7, 1]));
        Assert.Equal("a<s><t>b", tokenizer.Decode([0, 6, 7, 1], skipSpecialTokens: false));
        Assert.Equal((true, false), (tokenizer.IsSpecial(6), tokenizer.IsSpecial(7)));
    }

    [Fact]
    public void Added_tokens_count_in_the_vocabulary_and_ids_may_have_gaps()
    {
        var tokenizer = WithAdded(AddedToken(9, "<s>"));
        Assert.Equal(10, tokenizer.VocabularySize);
        Assert.Equal(9, tokenizer.TokenToId("<s>"));
        Assert.Equal("<s>", tokenizer.IdToToken(9));
        Assert.Null(tokenizer.IdToToken(8));
        Assert.Null(tokenizer.TokenToId("nothing"));
    }

    [Fact]
    public void An_added_token_may_repeat_a_token_of_the_model() =>
        Assert.Equal([0, 1], WithAdded(AddedToken(1, "b")).Encode("ab"));

    private static Tokenizer WithAdded(params string[] tokens) =>
        Build(Letters, added: $"[{string.Join(',', tokens)}]");
}
