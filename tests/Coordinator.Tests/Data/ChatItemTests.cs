using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Evaluation;
using MoR.Model.ChatTemplates;
using MoR.Model.Tokenizers;

namespace MoR.Coordinator.Tests.Data;

/// <summary>Items that are conversations, written as a backbone's chat template has it.</summary>
public sealed class ChatItemTests
{
    private const string Template =
        "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}"
        + "\n{% else %};{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    private const string Rows = """
        {"q": " How many? ", "a": "two\n", "who": "Ann"}
        {"q": "Which?", "a": "this", "who": "Bob"}
        """;

    // The special tokens are single tokens of the encoder, as they are of a tokenizer.
    private static readonly CharacterEncoder Encoder = new("<s>", "</s>");

    [Fact]
    public void The_answer_and_its_end_are_supervised_and_no_special_token_comes_twice()
    {
        TaskItem item = Load("chat: true").Train[0];

        TrainingSequence sequence = new SequenceEncoder(Encoder, 64).Encode(item, "t");

        Assert.Equal("<s><user>How many?;<assistant>", Encoder.Decode(sequence.Tokens[..sequence.PromptLength]));
        Assert.Equal("two</s>", Encoder.Decode(sequence.Tokens[sequence.PromptLength..]));
        Assert.Equal(0, sequence.Tokens.Count(token => token < 0));
        Assert.Equal("two".Length + 1, sequence.SupervisedTokens);
    }

    [Fact]
    public void A_system_message_may_differ_from_item_to_item()
    {
        TaskData data = Load("chat: true\nsystem: You are {who}.");

        Assert.Equal("<s><system>You are Ann.;<user>How many?;<assistant>", data.Train[0].Prompt);
        Assert.Equal("<s><system>You are Bob.;<user>Which?;<assistant>", data.Train[1].Prompt);
    }

    [Fact]
    public void The_template_is_asked_for_only_when_a_task_is_a_chat()
    {
        var frames = new ChatFrames(() => throw new InvalidOperationException("asked"));

        Assert.Equal(" How many? ", Load("chat: false", frames).Train[0].Prompt);
        Assert.Throws<InvalidOperationException>(() => Load("chat: true", frames));
    }

    [Fact]
    public void What_is_too_long_loses_the_start_of_the_users_message_and_no_mark()
    {
        TaskItem item = Load("chat: true").Train[0];
        int whole = new SequenceEncoder(Encoder, 64).Encode(item, "t").Tokens.Length;

        TrainingSequence cut = new SequenceEncoder(Encoder, whole - 4).Encode(item, "t");

        Assert.Equal("<s><user>many?;<assistant>two</s>", Encoder.Decode(cut.Tokens));
        Assert.Equal((whole - 4, 4), (cut.Tokens.Length, cut.TokensRemoved));

        // All of the question may go, and not one mark.
        Assert.Equal(
            "<s><user>;<assistant>two</s>",
            Encoder.Decode(new SequenceEncoder(Encoder, whole - "How many?".Length).Encode(item, "t").Tokens));
        InputException error = Assert.Throws<InputException>(
            () => new SequenceEncoder(Encoder, whole - "How many?".Length - 1).Encode(item, "t"));
        Assert.StartsWith(
            "/data/t.jsonl, line 1: the chat template's marks around item 0 need more than the 18 tokens",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_are_compared_without_the_end_of_the_answer()
    {
        TaskItem item = Load("chat: true\nchoices: [two, three]\nlabel: a\nlabels: {\"two\\n\": 0, this: 1}", completion: "").Train[0];

        ChoiceSequences choices = new SequenceEncoder(Encoder, 64).EncodeChoices(item, "t");

        Assert.Equal(
            ["<s><user>How many?;<assistant>two", "<s><user>How many?;<assistant>three"],
            choices.Tokens.Select(tokens => Encoder.Decode(tokens)));
        Assert.Equal([3, 5], choices.Characters.AsEnumerable());
    }

    [Fact]
    public void Where_the_template_ends_no_answer_the_end_of_text_does()
    {
        var frames = new ChatFrames(() => Parse("{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"));

        TrainingSequence sequence = new SequenceEncoder(Encoder, 64).Encode(Load("chat: true", frames).Train[0], "t");

        Assert.Equal("[user] How many?\n[assistant] two</s>", Encoder.Decode(sequence.Tokens));
        Assert.Equal(Encoder.EndOfText, sequence.Tokens[^1]);
        Assert.Equal(" two</s>", Encoder.Decode(sequence.Tokens[sequence.PromptLength..]));
    }

    [Fact]
    public void Generation_stops_where_the_template_ends_an_answer()
    {
        var sequences = new SequenceEncoder(Encoder, 64);
        TaskItem item = Load("chat: true").Train[0];

        GenerationPrompt prompt = GenerationPrompt.Of(item, sequences, "t");

        Assert.Equal("<s><user>How many?;<assistant>", Encoder.Decode(prompt.Tokens));
        Assert.Equal(Encoder.Encode("</s>", addSpecialTokens: false).Single(), prompt.Options.EndOfAnswer);
        Assert.Null(sequences.EndOfAnswer(item.Chat! with { AfterAnswer = "the end" }));
        Assert.Null(sequences.EndOfAnswer(null));
    }

    [SkippableFact]
    public void A_real_tokenizer_reads_the_marks_as_its_special_tokens()
    {
        // Mistral 7B v0.3: <s> is 1, </s> 2, [INST] 3 and [/INST] 4.
        var tokenizer = Tokenizer.Load(TestData.Require("tokenizers/mistral-7b-v0.3/tokenizer.json"));
        var frames = new ChatFrames(() => Parse(
            "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }}[/INST]{% else %}"
            + " {{ m.content }}{{ eos_token }}{% endif %}{% endfor %}"));

        TrainingSequence sequence =
            new SequenceEncoder(new RealEncoder(tokenizer), 64).Encode(Load("chat: true", frames).Train[1], "t");

        Assert.Equal([1, 3], sequence.Tokens[..2]);
        Assert.Equal(4, sequence.Tokens[sequence.PromptLength - 1]);
        Assert.Equal(2, sequence.Tokens[^1]);
        Assert.Equal(4, sequence.Tokens.Count(token => token < 5));
        Assert.Equal("this", tokenizer.Decode(sequence.Tokens.AsSpan(sequence.PromptLength)).Trim());
    }

    private static TaskData Load(
        string keys, ChatFrames? frames = null, string completion = "completion: \" {a}\"")
    {
        TaskDefinition task = TaskDefinition.Parse(
            "/t.yaml", $"name: t\nformat: jsonl\nsplits: {{train: t.jsonl}}\nprompt: \"{{q}}\"\n{completion}\n{keys}\n");
        return TaskData.Load(
            task,
            "/data",
            open: new MemoryFiles().Add("/data/t.jsonl", Rows).Open,
            frames: frames ?? new ChatFrames(() => Parse(Template)));
    }

    private static ChatTemplate Parse(string template) => ChatTemplate.Parse(
        template,
        "t.jinja",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" });

    private sealed class RealEncoder(Tokenizer tokenizer) : ITextEncoder
    {
        public int? EndOfText => 2;

        public int[] Encode(string text, bool addSpecialTokens) => tokenizer.Encode(text, addSpecialTokens);
    }
}
