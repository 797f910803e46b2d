using MoR.Cluster.Errors;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

public sealed class SequenceEncoderTests
{
    [Fact]
    public void A_sequence_is_special_tokens_prompt_answer_and_end_of_text()
    {
        var encoder = new CharacterEncoder();

        TrainingSequence sequence = new SequenceEncoder(encoder, 64).Encode(Item("2+2=", " 4"), "sums");

        Assert.Equal("<s>2+2= 4</s>", encoder.Decode(sequence.Tokens));
        Assert.Equal((5, 3, 0), (sequence.PromptLength, sequence.SupervisedTokens, sequence.TokensRemoved));
        Assert.Equal(("sums", 7), (sequence.Task, sequence.ItemId));
    }

    [Fact]
    public void What_the_tokenizer_puts_after_a_text_stands_once_and_after_the_answer()
    {
        var encoder = new CharacterEncoder { AppendsEnd = true };

        TrainingSequence sequence = new SequenceEncoder(encoder, 64).Encode(Item("2+2=", " 4"), "sums");

        Assert.Equal("<s>2+2= 4</s>", encoder.Decode(sequence.Tokens));
    }

    [Fact]
    public void Without_an_end_of_text_the_answer_is_the_end()
    {
        var encoder = new CharacterEncoder { Beginning = null, EndOfText = null };

        TrainingSequence sequence = new SequenceEncoder(encoder, 64).Encode(Item("2+2=", " 4"), "sums");

        Assert.Equal("2+2= 4", encoder.Decode(sequence.Tokens));
        Assert.Equal(4, sequence.PromptLength);
    }

    [Fact]
    public void Spaces_at_the_end_of_a_prompt_belong_to_the_answer()
    {
        var encoder = new CharacterEncoder(" 4");
        var sequences = new SequenceEncoder(encoder, 64);

        TrainingSequence moved = sequences.Encode(Item("2+2= ", "4"), "sums");

        Assert.Equal(sequences.Encode(Item("2+2=", " 4"), "sums").Tokens, moved.Tokens);
        Assert.Equal((5, 2), (moved.PromptLength, moved.SupervisedTokens));
        Assert.Equal("<s>2+2=", encoder.Decode(sequences.EncodePrompt("2+2= ", chat: null, newTokens: 8, out _)));
    }

    [Fact]
    public void The_prompt_keeps_its_tokens_when_the_tokenizer_would_merge_across_its_end()
    {
        // "=4" is one token, so that the whole does not start with the tokens of the prompt.
        var encoder = new CharacterEncoder("=4");
        var sequences = new SequenceEncoder(encoder, 64);

        TrainingSequence sequence = sequences.Encode(Item("2+2=", "4"), "sums");

        Assert.Equal([-1, '2', '+', '2', '=', '4', -2], sequence.Tokens);
        Assert.Equal(5, sequence.PromptLength);
        Assert.Equal(sequences.EncodePrompt("2+2=", chat: null, newTokens: 8, out _), sequence.Tokens[..5]);
    }

    [Fact]
    public void Truncation_cuts_the_start_of_the_prompt_and_nothing_of_the_answer()
    {
        var encoder = new CharacterEncoder();

        TrainingSequence sequence = new SequenceEncoder(encoder, 8).Encode(Item("0123456789=", " ten"), "sums");

        Assert.Equal("<s>9= ten</s>", encoder.Decode(sequence.Tokens));
        Assert.Equal((8, 3, 9), (sequence.Tokens.Length, sequence.PromptLength, sequence.TokensRemoved));
    }

    [Fact]
    public void An_answer_that_just_fits_follows_the_special_tokens_alone()
    {
        var encoder = new CharacterEncoder();

        TrainingSequence sequence = new SequenceEncoder(encoder, 6).Encode(Item("0123", " ten"), "sums");

        Assert.Equal("<s> ten</s>", encoder.Decode(sequence.Tokens));
        Assert.Equal((1, 4), (sequence.PromptLength, sequence.TokensRemoved));
    }

    [Theory]
    [InlineData("0123", " eleven", 8, "answer of item 7 has 8 tokens and needs 1 before it, and data.max_tokens is 8")]
    [InlineData("0123", " eleven", 8, "at least 9")]
    [InlineData("0123", " eleven", 8, "/data/sums.tsv, line 3")]
    public void An_answer_that_alone_is_too_long_is_an_error_that_names_item_and_sizes(
        string prompt, string completion, int maxTokens, string expected)
    {
        var sequences = new SequenceEncoder(new CharacterEncoder(), maxTokens);

        InputException error = Assert.Throws<InputException>(() => sequences.Encode(Item(prompt, completion), "sums"));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_prompts_and_answers_are_errors()
    {
        var bare = new SequenceEncoder(new CharacterEncoder { Beginning = null, EndOfText = null }, 8);

        Assert.Contains("the prompt of item 7 has no tokens", Failure(() => bare.Encode(Item(" ", "x"), "t")));
        Assert.Contains("the answer of item 7 has no tokens", Failure(() => bare.Encode(Item("x", ""), "t")));
        Assert.Contains("'  ' has no tokens", Failure(() => bare.EncodePrompt("  ", chat: null, newTokens: 1, out _)));
    }

    [Fact]
    public void Choices_follow_the_same_prompt_cut_by_what_the_longest_needs()
    {
        var encoder = new CharacterEncoder();
        TaskItem item = Item("0123456789=", " ten") with
        {
            Choices = ["ten", "eleven "],
            ChoiceCompletions = [" ten", " eleven "],
            Label = 0,
        };

        ChoiceSequences sequences = new SequenceEncoder(encoder, 12).EncodeChoices(item, "sums");

        Assert.Equal(["<s>89= ten", "<s>89= eleven "], sequences.Tokens.Select(tokens => encoder.Decode(tokens)));
        Assert.Equal((4, 8, 0), (sequences.PromptLength, sequences.TokensRemoved, sequences.Label));
        Assert.Equal([3, 6], sequences.Characters.AsEnumerable());
        Assert.Equal([4, 8], new[] { sequences.TokensOf(0), sequences.TokensOf(1) }.AsEnumerable());
    }

    [Fact]
    public void The_report_counts_items_and_tokens()
    {
        var report = TruncationReport.Of([0, 3, 0, 4], maxTokens: 16);

        Assert.Equal(new TruncationReport(4, 2, 7, 16), report);
        Assert.Equal(
            "2 of 4 items are longer than 16 tokens: the start of their prompts was cut, 7 tokens in all"
            + " (no answer was cut)",
            report.ToString());
        Assert.Equal("none of 1 items is longer than 16 tokens", TruncationReport.Of([0], 16).ToString());
    }

    [Fact]
    public void A_rendered_sequence_marks_what_is_supervised()
    {
        var encoder = new CharacterEncoder();
        TrainingSequence sequence = new SequenceEncoder(encoder, 8).Encode(Item("0123456789=", " ten"), "sums");

        Assert.Equal(
            "sums item 7: 8 tokens, 5 supervised (⟦ ⟧), 9 cut from the start of the prompt\n<s>9=⟦ ten</s>⟧",
            SequenceRenderer.Render(sequence, tokens => encoder.Decode(tokens)));
    }

    private static string Failure(Action action) => Assert.Throws<InputException>(action).Message;

    private static TaskItem Item(string prompt, string completion) => new()
    {
        Id = 7,
        Source = new DataSource("/data/sums.tsv", 3),
        Prompt = prompt,
        Completion = completion,
    };
}
