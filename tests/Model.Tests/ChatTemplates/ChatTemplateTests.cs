using MoR.Cluster.Errors;
using MoR.Model.ChatTemplates;

namespace MoR.Model.Tests.ChatTemplates;

/// <summary>
/// Conversations in the formats that well-known models document. The templates are written for these tests; the texts
/// were written down by hand from the documents that are named.
/// </summary>
public sealed class ChatTemplateTests
{
    // ChatML: "<|im_start|>role\ncontent<|im_end|>\n" per message (OpenAI's chatml.md; transformers, "Chat templates").
    private const string ChatMl = """
        {% for message in messages %}
        {{ '<|im_start|>' ~ message.role ~ '\n' ~ message.content ~ '<|im_end|>' }}
        {% endfor %}
        {% if add_generation_prompt %}
        {{ '<|im_start|>assistant\n' }}
        {%- endif %}
        """;

    // Llama 2: "<s>[INST] <<SYS>>\nsystem\n<</SYS>>\n\nuser [/INST] answer </s>" (Meta, "Model cards and prompt formats:
    // Llama 2", and generation.py of facebookresearch/llama for the blank lines).
    private const string Llama2 = """
        {%- set start = 0 -%}
        {%- set system = '' -%}
        {%- if messages[0]['role'] == 'system' -%}
            {%- set start = 1 -%}
            {%- set system = '<<SYS>>\n' + messages[0]['content'].strip() + '\n<</SYS>>\n\n' -%}
        {%- endif -%}
        {%- for message in messages[start:] -%}
            {%- if message['role'] != ('user' if loop.index0 is even else 'assistant') -%}
                {{- raise_exception('roles must alternate between user and assistant.') -}}
            {%- elif message['role'] == 'user' -%}
                {{- bos_token + '[INST] ' + (system if loop.first else '') + message['content'].strip() + ' [/INST]' -}}
            {%- else -%}
                {{- ' ' + message['content'].strip() + ' ' + eos_token -}}
            {%- endif -%}
        {%- endfor -%}
        """;

    // Llama 3: "<|start_header_id|>role<|end_header_id|>\n\ncontent<|eot_id|>" (Meta, "Model cards and prompt formats:
    // Meta Llama 3").
    private const string Llama3 =
        "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
        + "{{ message['content'] | trim }}<|eot_id|>{% endfor %}{% if add_generation_prompt %}"
        + "<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}";

    // Mistral 7B Instruct: "<s>[INST] user [/INST]answer</s>", no system role (Mistral AI's model card; transformers,
    // "Chat templates", prints it).
    private const string Mistral =
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
        + "{% elif m.role == 'assistant' %}{{ m.content ~ eos_token }}"
        + "{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}";

    // Zephyr: "<|role|>\ncontent</s>\n" per message (Hugging Face's model card of zephyr-7b-beta).
    private const string Zephyr = """
        {% for message in messages %}
        {{ '<|' + message['role'] + '|>\n' + message['content'] + eos_token }}
        {% if loop.last and add_generation_prompt %}
        {{ '<|assistant|>' }}
        {% endif %}
        {% endfor %}

        """;

    // Qwen 2: ChatML with "You are a helpful assistant." as system message where there is none (Qwen's documentation).
    private const string Qwen2 =
        "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
        + "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}"
        + "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static readonly ChatMessage[] Conversation =
        [new("user", "How are you?"), new("assistant", "Fine."), new("user", "And now?")];

    public static TheoryData<string, string?, string> Formats => new()
    {
        {
            ChatMl, null,
            "<|im_start|>user\nHow are you?<|im_end|>\n<|im_start|>assistant\nFine.<|im_end|>\n"
            + "<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n"
        },
        {
            ChatMl, "Be brief.",
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHow are you?<|im_end|>\n"
            + "<|im_start|>assistant\nFine.<|im_end|>\n<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n"
        },
        { Llama2, null, "<s>[INST] How are you? [/INST] Fine. </s><s>[INST] And now? [/INST]" },
        {
            Llama2, "Be brief.",
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHow are you? [/INST] Fine. </s><s>[INST] And now? [/INST]"
        },
        {
            Llama3, "Be brief.",
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nHow are you?<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\nFine.<|eot_id|>"
            + "<|start_header_id|>user<|end_header_id|>\n\nAnd now?<|eot_id|>"
            + "<|start_header_id|>assistant<|end_header_id|>\n\n"
        },
        { Mistral, null, "<s>[INST] How are you? [/INST]Fine.</s>[INST] And now? [/INST]" },
        {
            Zephyr, "Be brief.",
            "<|system|>\nBe brief.</s>\n<|user|>\nHow are you?</s>\n<|assistant|>\nFine.</s>\n"
            + "<|user|>\nAnd now?</s>\n<|assistant|>\n"
        },
        {
            Qwen2, null,
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nHow are you?<|im_end|>\n"
            + "<|im_start|>assistant\nFine.<|im_end|>\n<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n"
        },
        {
            Qwen2, "Be brief.",
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHow are you?<|im_end|>\n"
            + "<|im_start|>assistant\nFine.<|im_end|>\n<|im_start|>user\nAnd now?<|im_end|>\n<|im_start|>assistant\n"
        },
    };

    public static TheoryData<string, string?, ChatFrame> Frames => new()
    {
        {
            ChatMl, null,
            new("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "", "<|im_end|>")
        },
        { Llama2, "Be brief.", new("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n", " [/INST]", " ", " </s>") },
        {
            Llama3, null,
            new(
                "<s><|start_header_id|>user<|end_header_id|>\n\n",
                "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
                "",
                "<|eot_id|>")
        },
        { Mistral, null, new("<s>[INST] ", " [/INST]", "", "</s>") },
        { Zephyr, null, new("<|user|>\n", "</s>\n<|assistant|>\n", "", "</s>") },
        {
            Qwen2, null,
            new(
                "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
                "<|im_end|>\n<|im_start|>assistant\n",
                "",
                "<|im_end|>")
        },

        // Without add_generation_prompt the assistant's mark still belongs to what the model is given.
        { "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}", null, new("[user] ", "\n[assistant] ", "", "") },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_conversation_reads_as_its_model_documents(string template, string? system, string expected)
    {
        ChatMessage[] messages = system is null ? Conversation : [new("system", system), .. Conversation];

        Assert.Equal(expected, Parse(template).Render(messages, addGenerationPrompt: true));
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_is_the_text_around_question_and_answer(string template, string? system, ChatFrame expected)
    {
        ChatTemplate chat = Parse(template);

        ChatFrame frame = chat.FrameOf(system);

        Assert.Equal(expected, frame);
        ChatMessage[] messages = [new("user", "Q?"), new("assistant", "A.")];
        string whole = chat.Render(system is null ? messages : [new("system", system), .. messages], addGenerationPrompt: false);
        Assert.Equal(whole.TrimEnd(), frame.Prompt(" Q?\n") + frame.Answer("\nA. ") + frame.AfterAnswer);
    }

    [Fact]
    public void A_template_refuses_a_conversation_in_its_own_words()
    {
        Assert.Equal(
            "t.jinja: the chat template refuses the conversation: Only user and assistant roles are supported!. "
            + "Give the messages that this backbone is made for; a system text can be left out.",
            Assert.Throws<InputException>(() => Parse(Mistral).FrameOf("Be brief.")).Message);
        Assert.Contains(
            "roles must alternate between user and assistant.",
            Assert.Throws<InputException>(() => Parse(Llama2).Render([new("assistant", "a")], true)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ messages[-1].content }}{{ add_generation_prompt }}", "is not how its text of the question with an answer begins")]
    [InlineData("{{ messages[0].content }}{{ messages[0].content }}", "the user's message occurs 2 times")]
    [InlineData("{{ messages[0].content }}", "the assistant's message occurs 0 times")]
    public void A_template_that_does_not_show_the_answer_is_refused(string template, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<InputException>(() => Parse(template).FrameOf(null)).Message, StringComparison.Ordinal);

    private static ChatTemplate Parse(string template) => ChatTemplate.Parse(
        template,
        "t.jinja",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["bos_token"] = "<s>", ["eos_token"] = "</s>" });
}
