using System.Text.Json;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests;

/// <summary>Conversations through the backbone's chat template, from the task file to the answer.</summary>
public sealed class ChatTests
{
    private const string Json = """
        {
          "eos_token": {"content": "<end>"},
          "chat_template": [{
            "name": "default",
            "template": "{% for m in messages %}{{ '[' ~ m.role ~ '] ' ~ m.content ~ eos_token ~ '\n' }}{% endfor %}ASK"
          }]
        }
        """;

    private static readonly string Config = Json.Replace(
        "ASK", "{% if add_generation_prompt %}{{ '[assistant] ' }}{% endif %}", StringComparison.Ordinal);

    [Fact]
    public async Task A_chat_is_shown_trained_evaluated_and_answered()
    {
        using var world = ChatWorld(Config);

        var plan = await InProcess.RunAsync("train", world.Recipe, "--dry-run");
        var row = File.ReadLines(world["data/train.tsv"]).Skip(1).First().Split('\t');
        Assert.Contains(
            $"[system] Look.<end>\n[user] {row[0]} red?<end>\n[assistant]⟦ {row[1]}<end>⟧",
            plan.Succeeded().Error,
            StringComparison.Ordinal);
        Assert.Equal(96 * 3, (int)plan.Json["supervised_tokens"]!);

        var run = await InProcess.RunAsync("train", world.Recipe, "--steps", "12", "--output", world["run"]);
        var json = run.Succeeded().Json;
        Assert.True((double)json["loss_last"]! < (double)json["loss_first"]!, $"{json}");
        var evaluated = await InProcess.RunAsync("evaluate", world["run"]);
        Assert.Equal(
            (double)json["accuracy"]!["colours"]!["after"]!,
            (double)evaluated.Succeeded().Json["tasks"]!["colours"]!["accuracy"]!);

        var answer = await InProcess.RunAsync(
            "generate", world["run"], "--chat", "--system", "Look.", "--prompt", "raa red?", "--max-tokens", "4");
        var prompt = "[system] Look.<end>\n[user] raa red?<end>\n[assistant]".Replace("<end>", "e", StringComparison.Ordinal);
        Assert.Equal(prompt.Length, (int)answer.Succeeded().Json["prompt_tokens"]!);
    }

    [Fact]
    public async Task Answering_by_the_template_is_going_on_from_its_text()
    {
        using var world = ChatWorld(Config);
        string[] command = ["generate", "--backbone", world.Backbone, "--max-tokens", "12", "--prompt"];

        var chat = await InProcess.RunAsync([.. command, "no", "--chat"]);
        var text = await InProcess.RunAsync([.. command, "[user] no<end>\n[assistant] "]);

        Assert.Equal((string)text.Succeeded().Json["text"]!, (string)chat.Succeeded().Json["text"]!);
        Assert.Equal((int)text.Json["prompt_tokens"]!, (int)chat.Json["prompt_tokens"]!);
    }

    [Fact]
    public async Task An_answer_ends_at_the_templates_mark_although_it_is_not_the_end_of_text()
    {
        using var world = ChatWorld(Marked("<end>"));
        string[] command = ["generate", "--backbone", world.Backbone, "--max-tokens", "12", "--chat", "--prompt", "no"];
        var whole = (await InProcess.RunAsync(command)).Succeeded().Json["tokens"]!.AsArray().Select(id => (int)id!).ToArray();
        var mark = whole.First(id => TinyTokenizer.Tokens[id] is not ("Ġ" or "Ċ"));
        File.WriteAllText(world["backbone/tokenizer_config.json"], Marked(TinyTokenizer.Tokens[mark]));

        var ended = await InProcess.RunAsync(command);

        Assert.Equal(
            whole[..Array.IndexOf(whole, mark)], ended.Succeeded().Json["tokens"]!.AsArray().Select(id => (int)id!));
        Assert.Equal("end_of_text", (string)ended.Json["stop"]!);

        static string Marked(string mark) => JsonSerializer.Serialize(new
        {
            eos_token = mark,
            chat_template = "{% for m in messages %}{{ m.content ~ (eos_token if m.role == 'assistant' else ';') }}{% endfor %}",
        });
    }

    [Theory]
    [InlineData(null, "it has no chat_template, and there is no chat_template.jinja beside it")]
    [InlineData("""{"chat_template": "{{ messages | tojson }}"}""", "line 1: the filter 'tojson' is not supported")]
    public async Task A_backbone_without_a_template_that_can_be_used_is_refused_before_a_run_begins(string? config, string expected)
    {
        using var world = ChatWorld(config);

        var train = await InProcess.RunAsync("train", world.Recipe, "--output", world["run"]);
        var generate = await InProcess.RunAsync("generate", "--backbone", world.Backbone, "--chat", "--prompt", "no");

        Assert.Contains(expected, (string)train.Ended(2).Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Contains(expected, (string)generate.Ended(2).Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.False(Directory.Exists(world["run"]));
    }

    [Fact]
    public async Task A_system_message_without_a_chat_is_refused()
    {
        var run = await InProcess.RunAsync("generate", "--backbone", "b", "--prompt", "p", "--system", "s");

        Assert.Equal(
            "--system: 's' is given without --chat. Add --chat, or leave it out.",
            (string)run.Ended(2).Json["error"]!["message"]!);
    }

    private static TinyWorld ChatWorld(string? config)
    {
        var world = new TinyWorld();
        world.Edit("task.yaml", "prompt:", "chat: true\nsystem: Look.\nprompt:");
        world.Edit("recipe.yaml", "max_tokens: 32", "max_tokens: 64");
        if (config is not null)
        {
            File.WriteAllText(world["backbone/tokenizer_config.json"], config);
        }

        return world;
    }
}
