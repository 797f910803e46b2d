using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Data;
using MoR.Coordinator.Models;

namespace MoR.Coordinator.Generation;

/// <summary><c>mor generate</c>.</summary>
internal sealed class GenerationSession(GenerateOptions options, ITerminal terminal, IDisk disk)
{
    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken cancel)
    {
        var source = ModelSource.Of(disk, options.Run, options.Backbone, options.Adapter, options.Threads);
        using var backbone = source.LoadBackbone(options.Device, terminal.Note);
        using var model = InferenceModel.Load(backbone, source.AdapterFolder, terminal.Note);
        var generator = new TextGenerator(model.Model, model.Runner, () => backbone.Text, () => 0);
        var encoder = new SequenceEncoder(backbone.Text, backbone.Config.MaxPositions);
        var chat = options.Chat ? backbone.Text.ChatTemplate.FrameOf(options.System) : null;
        var sampling = new SamplingOptions
        {
            EndOfAnswer = encoder.EndOfAnswer(chat),
            MaxNewTokens = options.MaxNewTokens,
            Temperature = options.Temperature,
            TopP = options.TopP,
            Seed = (ulong)options.Seed,
        };
        var room = Math.Min(options.MaxNewTokens, backbone.Config.MaxPositions / 2);
        var text = chat?.Prompt(options.Prompt) ?? options.Prompt;
        var prompt = encoder.EncodePrompt(text, chat, room, out var removed);
        if (removed > 0)
        {
            terminal.Note(
                $"the prompt's first {removed} tokens were cut, so that {room} new ones fit into the backbone's "
                + $"{backbone.Config.MaxPositions} positions.");
        }

        var generated = await generator.GenerateAsync(prompt, sampling, null, cancel);
        terminal.Result(generated.Text);
        return CommandOutcome.Done(new JsonObject
        {
            ["text"] = generated.Text,
            ["tokens"] = new JsonArray([.. generated.Tokens.Select(token => (JsonNode)token)]),
            ["prompt_tokens"] = prompt.Length,
            ["stop"] = generated.Stop,
        });
    }
}
