using MoR.Cluster.Errors;
using MoR.Model.ChatTemplates.Jinja;

namespace MoR.Model.ChatTemplates;

/// <summary>
/// How a backbone wants conversations written: the Jinja template of its <c>tokenizer_config.json</c> or
/// <c>chat_template.jinja</c>, as Hugging Face's <c>apply_chat_template</c> renders it. The text holds the special
/// tokens, so that a tokenizer must add none to it.
/// </summary>
public sealed class ChatTemplate
{
    // Characters of the private use area, which no template holds, stand for the messages while a frame is found.
    private const string User = "\uE000";
    private const string Assistant = "\uE001";

    private readonly JinjaTemplate _template;
    private readonly string _name;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;

    private ChatTemplate(JinjaTemplate template, string name, IReadOnlyDictionary<string, string> specialTokens) =>
        (_template, _name, _specialTokens) = (template, name, specialTokens);

    /// <summary>Reads the template of a backbone's folder.</summary>
    /// <exception cref="InputException">It has none, or one that is malformed or not supported.</exception>
    public static ChatTemplate Load(string folder) => ChatTemplateFile.Read(folder);

    /// <summary>Reads a template.</summary>
    /// <param name="text">The Jinja template.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="specialTokens">The tokens that it can name, such as <c>bos_token</c>.</param>
    /// <exception cref="InputException">It is malformed, or has a statement that is not supported.</exception>
    public static ChatTemplate Parse(string text, string name, IReadOnlyDictionary<string, string> specialTokens) =>
        new(JinjaTemplate.Parse(new JinjaSource(name, text)), name, specialTokens);

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">The messages in order.</param>
    /// <param name="addGenerationPrompt">Whether the text ends where the assistant begins to speak.</param>
    /// <exception cref="InputException">The template refuses the conversation, or comes upon something that is not
    /// supported.</exception>
    public string Render(IEnumerable<ChatMessage> messages, bool addGenerationPrompt)
    {
        // What the libraries hand over where there are no tools and no documents. A template that asks for today's date
        // (strftime_now) finds no such function, and takes the fixed date it has for that case.
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = messages.Select(message => (object?)ToValue(message)).ToList(),
            ["add_generation_prompt"] = addGenerationPrompt,
            ["tools"] = null,
            ["documents"] = null,
        };
        foreach (var (token, text) in _specialTokens)
        {
            variables[token] = text;
        }

        return _template.Render(variables);
    }

    /// <summary>The text around a question and its answer.</summary>
    /// <param name="system">The system message, or null for none (or the template's own).</param>
    /// <exception cref="InputException">The template refuses such a conversation, or it cannot be told what of its text
    /// the assistant says.</exception>
    public ChatFrame FrameOf(string? system)
    {
        List<ChatMessage> question = [new("user", User)];
        if (system is not null)
        {
            question.Insert(0, new ChatMessage("system", system.Trim()));
        }

        var asked = Render(question, addGenerationPrompt: true);
        var answered = Render([.. question, new("assistant", Assistant)], addGenerationPrompt: false);
        var (before, after) = Split(asked, User, "user's");
        if (!answered.StartsWith(asked, StringComparison.Ordinal))
        {
            throw Unclear("its text of a question is not how its text of the question with an answer begins");
        }

        var (lead, end) = Split(answered[asked.Length..], Assistant, "assistant's");

        // A template that writes more than blanks there does not know add_generation_prompt: it is the question's end.
        return string.IsNullOrWhiteSpace(lead)
            ? new ChatFrame(before, after, lead, end.TrimEnd())
            : new ChatFrame(before, after + lead, "", end.TrimEnd());
    }

    private static Dictionary<string, object?> ToValue(ChatMessage message) => new(StringComparer.Ordinal)
    {
        ["role"] = message.Role,
        ["content"] = message.Content,
    };

    private (string Before, string After) Split(string text, string mark, string whose)
    {
        var parts = text.Split(mark);
        return parts.Length == 2
            ? (parts[0], parts[1])
            : throw Unclear($"the {whose} message occurs {parts.Length - 1} times in its text");
    }

    private InputException Unclear(string problem) => new(
        _name,
        $"the chat template does not show what the assistant says: {problem}",
        "Write prompts and completions without it (chat: false).");
}
