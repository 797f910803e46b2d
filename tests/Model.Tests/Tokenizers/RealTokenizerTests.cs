using MoR.Model.Tokenizers;

namespace MoR.Model.Tests.Tokenizers;

public sealed class RealTokenizerTests
{
    [SkippableTheory]
    [InlineData("Hello world", new[] { 15496, 995 })]
    [InlineData("Hello, world!", new[] { 15496, 11, 995, 0 })]
    [InlineData("Hello<|endoftext|> world", new[] { 15496, 50256, 995 })]
    [InlineData("", new int[0])]
    public void Gpt2_gives_the_known_ids(string text, int[] ids) =>
        Assert.Equal(ids, TokenizerData.Load(TokenizerData.Gpt2).Encode(text));

    // The counts that nanoGPT's preparation of the same file states, with OpenAI's own encoder.
    [SkippableFact]
    public void Gpt2_gives_the_known_numbers_of_tokens_for_shakespeare()
    {
        var tokenizer = TokenizerData.Load(TokenizerData.Gpt2);
        var text = TokenizerData.Shakespeare();
        var train = (int)(text.Length * 0.9);
        Assert.Equal(301966, tokenizer.Encode(text[..train]).Length);
        Assert.Equal(36059, tokenizer.Encode(text[train..]).Length);
    }

    [SkippableTheory]
    [InlineData(TokenizerData.Gpt2, 50257, 50256)]
    [InlineData(TokenizerData.Mistral, 32768, 1)]
    [InlineData(TokenizerData.Story, 2048, 2)]
    public void Vocabularies_have_their_sizes_and_special_tokens(string folder, int size, int special)
    {
        var tokenizer = TokenizerData.Load(folder);
        Assert.Equal(size, tokenizer.VocabularySize);
        Assert.True(tokenizer.IsSpecial(special));
        Assert.Equal(special, tokenizer.TokenToId(tokenizer.IdToToken(special)!));
        Assert.Null(tokenizer.IdToToken(size));
    }

    [SkippableFact]
    public void Mistral_starts_a_text_with_its_start_token_and_spells_unknown_characters_by_bytes()
    {
        var tokenizer = TokenizerData.Load(TokenizerData.Mistral);
        Assert.Equal(1, tokenizer.Encode("Hello")[0]);
        var tokens = TokenizerFixture.Tokens(tokenizer, "\u1F9F0<s>x");
        Assert.Contains("<0xE1>", tokens);
        Assert.Equal(["<s>", "x"], tokens[^2..]);
    }

    [SkippableTheory]
    [InlineData(TokenizerData.Gpt2)]
    [InlineData(TokenizerData.Mistral)]
    public void Decoding_gives_back_all_of_shakespeare(string folder)
    {
        var tokenizer = TokenizerData.Load(folder);
        var text = TokenizerData.Shakespeare();
        Assert.True(tokenizer.Decode(tokenizer.Encode(text)) == text);
    }

    [SkippableTheory]
    [InlineData(TokenizerData.Gpt2)]
    [InlineData(TokenizerData.Mistral)]
    public void Decoding_gives_back_every_sentence_of_rte(string folder)
    {
        var tokenizer = TokenizerData.Load(folder);
        var dropsSpace = folder == TokenizerData.Mistral;
        var sentences = TokenizerData.RteSentences();
        Assert.Equal(2 * (2490 + 277), sentences.Count);
        foreach (var sentence in sentences)
        {
            var expected = dropsSpace && sentence.StartsWith(' ') ? sentence[1..] : sentence;
            Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(sentence)));
        }
    }

    [SkippableTheory]
    [InlineData(TokenizerData.Gpt2)]
    [InlineData(TokenizerData.Mistral)]
    public void Token_by_token_the_same_text_comes_out_as_at_once(string folder)
    {
        var tokenizer = TokenizerData.Load(folder);
        const string text = "Zürich, 東京 and 😀😁: it's \"naïve\"…\n\n  done";
        Assert.Equal(text, Stream(tokenizer, tokenizer.Encode(text)));
    }

    [SkippableFact]
    public void A_simple_sentence_has_no_unknown_token_in_the_story_vocabulary()
    {
        var tokenizer = TokenizerData.Load(TokenizerData.Story);
        const string text = "once upon a time there was a little girl who liked to play with her dog.";
        var ids = tokenizer.Encode(text);
        Assert.Equal(tokenizer.TokenToId("<|start_story|>"), ids[0]);
        Assert.DoesNotContain(tokenizer.TokenToId("<unk>")!.Value, ids);
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    [SkippableFact]
    public void Characters_that_the_story_vocabulary_lacks_become_one_unknown_token()
    {
        var tokenizer = TokenizerData.Load(TokenizerData.Story);
        var unknown = tokenizer.TokenToId("<unk>")!.Value;
        Assert.Single(tokenizer.Encode("a 東京東 b"), unknown);
        var ids = tokenizer.Encode("a 東京東 b", addSpecialTokens: false);
        Assert.Equal("a <unk> b", tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    private static string Stream(Tokenizer tokenizer, int[] ids)
    {
        var stream = tokenizer.DecodeStream();
        return string.Concat(ids.Select(stream.Append)) + stream.Finish();
    }
}
