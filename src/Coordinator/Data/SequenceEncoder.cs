using System.Collections.Immutable;
using MoR.Cluster.Errors;
using MoR.Model.ChatTemplates;

namespace MoR.Coordinator.Data;

/// <summary>
/// Turns items into token ids, with one rule for where the prompt ends, for training, choice likelihoods and generation
/// alike.
/// </summary>
/// <remarks>
/// <para>Spaces at the end of a prompt move to the start of the completion, because tokenizers attach a space to the
/// word after it. Prompt and completion are then encoded together. When the result starts with the encoding of the
/// prompt alone, the rest is the completion, as the model would have written it; else the tokenizer has merged across
/// the boundary, and both are encoded on their own. So the prompt's tokens never depend on what follows.</para>
/// <para>A sequence is the tokenizer's special tokens before a text, the prompt, the completion and, for training, the
/// end of text. A prompt that makes it longer than allowed loses tokens at its start, after the special tokens; an
/// answer is never cut.</para>
/// <para>The text of a chat has its special tokens in it, so that none are put before it, and for training it ends with
/// what the chat template puts after an answer (the end of text where that is nothing). A chat that is too long loses
/// the start of the user's message and none of the template's marks.</para>
/// </remarks>
public sealed class SequenceEncoder
{
    private const string Probe = "a";

    private readonly ITextEncoder _encoder;
    private readonly ImmutableArray<int> _leading;

    /// <param name="encoder">The tokenizer.</param>
    /// <param name="maxTokens">The longest sequence, in tokens (<c>data.max_tokens</c>).</param>
    public SequenceEncoder(ITextEncoder encoder, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 2);
        _encoder = encoder;
        MaxTokens = maxTokens;
        _leading = LeadingSpecialTokens(encoder);
    }

    /// <summary>The longest sequence, in tokens.</summary>
    public int MaxTokens { get; }

    /// <summary>The tokens of a training item: prompt, right answer, end of text.</summary>
    /// <exception cref="InputException">The answer alone is too long, or prompt or answer have no tokens.</exception>
    public TrainingSequence Encode(TaskItem item, string task)
    {
        int[] prompt = PromptTokens(item.Prompt);
        string chatEnd = item.Chat?.AfterAnswer ?? "";
        int[] completion = CompletionTokens(item.Prompt, prompt, item.Completion + chatEnd);
        int[] answer = chatEnd.Length == 0 && _encoder.EndOfText is { } end ? [.. completion, end] : completion;
        CheckAnswer(item, answer.Length, "answer");
        ImmutableArray<int> leading = Leading(item.Chat);
        ReadOnlySpan<int> kept = CutPrompt(item, prompt, answer.Length, out int removed);
        return new TrainingSequence
        {
            Tokens = [.. leading, .. kept, .. answer],
            PromptLength = leading.Length + kept.Length,
            Task = task,
            ItemId = item.Id,
            TokensRemoved = removed,
        };
    }

    /// <summary>
    /// The tokens of an item with each of its choices, without an end of text. The prompt is cut by what the longest
    /// choice needs, so that every choice follows the same prompt.
    /// </summary>
    /// <exception cref="InputException">A choice alone is too long, or the prompt or a choice have no
    /// tokens.</exception>
    public ChoiceSequences EncodeChoices(TaskItem item, string task)
    {
        int[] prompt = PromptTokens(item.Prompt);
        int[][] answers = new int[item.ChoiceCompletions.Length][];
        for (int choice = 0; choice < answers.Length; choice++)
        {
            answers[choice] = CompletionTokens(item.Prompt, prompt, item.ChoiceCompletions[choice]);
            CheckAnswer(item, answers[choice].Length, $"choice {choice + 1}");
        }

        ImmutableArray<int> leading = Leading(item.Chat);
        int[] kept = CutPrompt(item, prompt, answers.Max(answer => answer.Length), out int removed).ToArray();
        return new ChoiceSequences
        {
            Tokens = [.. answers.Select(answer => (int[])[.. leading, .. kept, .. answer])],
            PromptLength = leading.Length + kept.Length,
            Characters = [.. item.ChoiceCompletions.Select(text => Math.Max(1, text.Trim().EnumerateRunes().Count()))],
            Label = item.Label,
            Task = task,
            ItemId = item.Id,
            TokensRemoved = removed,
        };
    }

    /// <summary>
    /// The windows of plain texts, every token of which but a text's first is supervised in one window. A text is
    /// encoded whole, with the tokenizer's special tokens around it.
    /// </summary>
    /// <exception cref="InputException">A text has fewer than two tokens.</exception>
    public IEnumerable<TrainingSequence> EncodeTexts(IEnumerable<TaskText> texts, string task) =>
        texts.SelectMany(TextTokens).Select((tokens, number) => new TrainingSequence
        {
            Tokens = tokens,
            PromptLength = 1,
            Task = task,
            ItemId = number,
        });

    /// <summary>
    /// The tokens of a prompt that text is generated after, cut at its start so that <paramref name="newTokens"/> more
    /// fit, but never to less than one. <paramref name="removed"/> counts what was cut.
    /// </summary>
    /// <param name="prompt">The prompt; of a chat, with the marks of its template.</param>
    /// <param name="chat">What the chat template put around the user's message; null for no chat.</param>
    /// <param name="newTokens">How many tokens are to be generated.</param>
    /// <param name="removed">How many tokens were cut.</param>
    /// <exception cref="InputException">The prompt has no tokens, or a chat's marks alone do not fit.</exception>
    public int[] EncodePrompt(string prompt, ChatFrame? chat, int newTokens, out int removed)
    {
        int[] tokens = PromptTokens(prompt);
        ImmutableArray<int> leading = Leading(chat);
        if (tokens.Length + leading.Length == 0)
        {
            throw new InputException(
                "prompt", $"'{Excerpt.Of(prompt)}' has no tokens", "Give a prompt that is more than spaces.");
        }

        int room = Math.Max(1, MaxTokens - newTokens - leading.Length);
        int[] kept = Fit(prompt, tokens, chat, room) ?? throw new InputException(
            "prompt",
            $"the chat template's marks around it need more than the {room} tokens that are left for a prompt",
            "Generate fewer tokens, or shorten the system message.");
        removed = tokens.Length - kept.Length;
        return [.. leading, .. kept];
    }

    /// <summary>The token that ends an answer of a chat; null where that is no single token, or the item is no
    /// chat.</summary>
    public int? EndOfAnswer(ChatFrame? chat) =>
        chat is not null && _encoder.Encode(chat.AfterAnswer.TrimStart(), addSpecialTokens: false) is [var end] ? end : null;

    private IEnumerable<int[]> TextTokens(TaskText text)
    {
        int[] tokens = _encoder.Encode(text.Text, addSpecialTokens: true);
        return tokens.Length > 1 ? TextWindows.Cut(tokens, MaxTokens) : throw text.Source.Error(
            $"the text has {tokens.Length} tokens, and at least 2 are needed to predict one", "Give a longer text.");
    }

    private int[] PromptTokens(string prompt) => _encoder.Encode(prompt.TrimEnd(' '), addSpecialTokens: false);

    private int[] CompletionTokens(string prompt, int[] promptTokens, string completion)
    {
        string trimmed = prompt.TrimEnd(' ');
        string moved = prompt[trimmed.Length..] + completion;
        int[] together = _encoder.Encode(trimmed + moved, addSpecialTokens: false);
        return together.AsSpan().StartsWith(promptTokens)
            ? together[promptTokens.Length..]
            : _encoder.Encode(moved, addSpecialTokens: false);
    }

    private void CheckAnswer(TaskItem item, int length, string what)
    {
        int prompt = Math.Max(1, Leading(item.Chat).Length);
        if (length == 0)
        {
            throw item.Source.Error(
                $"the {what} of item {item.Id} has no tokens, so there is nothing to learn or score",
                "Correct the row, or the completion in the task file.");
        }

        if (prompt + length > MaxTokens)
        {
            throw item.Source.Error(
                $"the {what} of item {item.Id} has {length} tokens and needs {prompt} before it, and data.max_tokens is"
                + $" {MaxTokens}; answers are never cut",
                $"Set data.max_tokens to at least {prompt + length}, or take the item out.");
        }
    }

    private ReadOnlySpan<int> CutPrompt(TaskItem item, int[] prompt, int answerLength, out int removed)
    {
        int leading = Leading(item.Chat).Length;
        if (prompt.Length + leading == 0)
        {
            throw item.Source.Error(
                $"the prompt of item {item.Id} has no tokens, so nothing precedes the answer",
                "Correct the row, or the prompt in the task file.");
        }

        int room = MaxTokens - answerLength - leading;
        int[] kept = Fit(item.Prompt, prompt, item.Chat, room) ?? throw item.Source.Error(
            $"the chat template's marks around item {item.Id} need more than the {room} tokens that its answer leaves of"
            + $" data.max_tokens {MaxTokens}",
            "Set data.max_tokens higher, or shorten the system message.");
        removed = prompt.Length - kept.Length;
        return kept;
    }

    /// <summary>The prompt's tokens, cut to <paramref name="room"/>; null when a chat's marks do not fit.</summary>
    private int[]? Fit(string prompt, int[] tokens, ChatFrame? chat, int room)
    {
        if (tokens.Length <= room)
        {
            return tokens;
        }

        if (chat is null)
        {
            return tokens[^room..];
        }

        // The longest end of the user's message that fits, by bisection: each try is encoded with the marks around it.
        string user = prompt[chat.BeforeUser.Length..^chat.AfterUser.Length];
        int[] kept = Tokens(user.Length);
        int tooLong = 0, fits = user.Length;
        while (kept.Length <= room && fits - tooLong > 1)
        {
            int middle = (tooLong + fits) / 2;
            int[] tried = Tokens(middle);
            (tooLong, fits, kept) = tried.Length <= room ? (tooLong, middle, tried) : (middle, fits, kept);
        }

        return kept.Length <= room ? kept : null;

        int[] Tokens(int start)
        {
            int whole = start < user.Length && char.IsLowSurrogate(user[start]) ? start + 1 : start;
            return PromptTokens(chat.BeforeUser + user[whole..] + chat.AfterUser);
        }
    }

    /// <summary>The special tokens before a text; a chat's own text holds them.</summary>
    private ImmutableArray<int> Leading(ChatFrame? chat) => chat is null ? _leading : [];

    /// <summary>
    /// What the tokenizer puts before every text. What it puts after one is left out: a prompt is not the end of a
    /// text.
    /// </summary>
    private static ImmutableArray<int> LeadingSpecialTokens(ITextEncoder encoder)
    {
        int[] with = encoder.Encode(Probe, addSpecialTokens: true);
        int[] without = encoder.Encode(Probe, addSpecialTokens: false);
        int start = with.AsSpan().IndexOf(without);
        return start < 0
            ? throw new InputException(
                "tokenizer.json",
                "its special tokens change the tokens of the text between them",
                "Use a tokenizer whose post-processor only puts tokens before and after a text.")
            : [.. with.AsSpan(0, start)];
    }
}
