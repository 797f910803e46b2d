using MoR.Cluster.Errors;
using MoR.Model.ChatTemplates;

namespace MoR.Model.Tests.ChatTemplates;

/// <summary>Where a backbone's folder keeps its chat template.</summary>
public sealed class ChatTemplateFileTests : IDisposable
{
    private const string Template = "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-chat-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData($$"""{"bos_token": "<s>", "eos_token": "</s>", "chat_template": "{{Template}}"}""")]
    [InlineData(
        $$"""
        {"bos_token": {"content": "<s>", "lstrip": false}, "eos_token": {"content": "</s>"},
         "chat_template": [{"name": "tool_use", "template": "no"}, {"name": "default", "template": "{{Template}}"}]}
        """)]
    [InlineData(
        $$"""{"bos_token": "<s>", "eos_token": "</s>", "chat_template": [{"name": "only", "template": "{{Template}}"}]}""")]
    public void It_is_a_string_or_the_default_of_a_list(string config) => Assert.Equal("<s>hi</s>", Render(config));

    [Fact]
    public void A_file_of_its_own_goes_first_and_an_absent_token_is_nothing()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "chat_template.jinja"), "file " + Template);

        Assert.Equal("file <s>hi", Render("""{"bos_token": "<s>", "eos_token": null, "chat_template": "config"}"""));
    }

    [Fact]
    public void A_file_of_its_own_needs_no_configuration()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "chat_template.jinja"), Template);

        Assert.Equal("hi", Render(null));
    }

    [Theory]
    [InlineData(null, "tokenizer_config.json: it has no chat_template, and there is no chat_template.jinja beside it")]
    [InlineData("{}", "it has no chat_template")]
    [InlineData("{", "it is not valid JSON")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("""{"chat_template": 3}""", "tokenizer_config.json at chat_template: 3 is not an array")]
    [InlineData(
        """{"chat_template": [{"name": "a", "template": ""}, {"name": "b", "template": ""}]}""",
        "none of the templates (a, b) is named \"default\"")]
    [InlineData("""{"chat_template": "x", "bos_token": 1}""", "at bos_token: 1 is not a string")]
    [InlineData("""{"chat_template": "a\n{% macro %}"}""", "tokenizer_config.json at chat_template, line 2: the statement 'macro'")]
    public void A_folder_without_a_good_one_is_refused(string? config, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<InputException>(() => Render(config)).Message, StringComparison.Ordinal);

    private string Render(string? config)
    {
        if (config is not null)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, "tokenizer_config.json"), config);
        }

        return ChatTemplate.Load(_folder.FullName).Render([new("user", "hi")], addGenerationPrompt: false);
    }
}
