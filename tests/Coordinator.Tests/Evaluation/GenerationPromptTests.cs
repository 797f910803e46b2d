using MoR.Coordinator.Data;
using MoR.Coordinator.Evaluation;
using MoR.Coordinator.Tests.Data;

namespace MoR.Coordinator.Tests.Evaluation;

public sealed class GenerationPromptTests
{
    [Theory]
    [InlineData(" blue", true)]
    [InlineData(" blue\n", true)]
    [InlineData(" blue\nand wide", false)]
    public void An_answer_of_several_lines_is_not_cut_at_the_first(string completion, bool stopsAtLineEnd)
    {
        var prompt = GenerationPrompt.Of(Item("the sky is", completion), new SequenceEncoder(new CharacterEncoder(), 64), "t");

        Assert.Equal(stopsAtLineEnd, prompt.Options.StopAtLineEnd);
        Assert.True(prompt.Options.MaxNewTokens > completion.Length, "a longer answer than the right one must fit");
    }

    [Fact]
    public void What_is_cut_from_a_prompt_is_counted()
    {
        var encoder = new SequenceEncoder(new CharacterEncoder(), 12);
        var item = Item("the sky is", " blue");

        var prompt = GenerationPrompt.Of(item, encoder, "t");

        Assert.True(prompt.TokensRemoved > 0);
        Assert.Equal(encoder.MaxTokens, prompt.Tokens.Length + encoder.Encode(item, "t").SupervisedTokens);
    }

    [Fact]
    public void A_prompt_that_fits_with_its_answer_is_whole_as_in_training()
    {
        var item = Item("the sky is", " blue");
        var whole = new SequenceEncoder(new CharacterEncoder(), 64).Encode(item, "t");
        var encoder = new SequenceEncoder(new CharacterEncoder(), whole.Tokens.Length);

        var prompt = GenerationPrompt.Of(item, encoder, "t");

        Assert.Equal(0, prompt.TokensRemoved);
        Assert.Equal(whole.Tokens[..whole.PromptLength], prompt.Tokens);
    }

    private static TaskItem Item(string prompt, string completion) => new()
    {
        Id = 0,
        Source = new DataSource("data.jsonl", 1),
        Prompt = prompt,
        Completion = completion,
    };
}
