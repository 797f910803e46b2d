using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Data;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Models;
using MoR.Model.ChatTemplates;

namespace MoR.Coordinator.Generation;

/// <summary><c>mor generate</c>.</summary>
internal sealed class GenerationSession(
    GenerateOptions options, ITerminal terminal, IDisk disk, Func<MemoryFacts> memory)
{
    /// <summary>Runs the command.</summary>
    public async Task<CommandOutcome> RunAsync(CancellationToken cancel)
    {
        var source = ModelSource.Of(disk, options.Run, options.Backbone, options.Adapter, options.Dtype, options.Threads);
        var device = ComputeDevice.Parse(options.Device);
        using var folder = BackboneFolder.Open(source.BackbonePath, terminal.Note);
        var spec = InferenceModel.SpecOf(source.AdapterFolder, folder.Config);
        var encoder = new SequenceEncoder(folder.Text, folder.Config.MaxPositions);
        var chat = options.Chat ? folder.Text.ChatTemplate.FrameOf(options.System) : null;
        var prompt = Prompt(encoder, chat);
        var sampling = new SamplingOptions
        {
            EndOfAnswer = encoder.EndOfAnswer(chat),
            MaxNewTokens = options.MaxNewTokens,
            Temperature = options.Temperature,
            TopP = options.TopP,
            Seed = (ulong)options.Seed,
        };
        var plan = InferenceMemory.Plan(
            source, folder, spec, [EvaluationSizes.OfGeneration(folder.Config, [(prompt, sampling)])],
            "Shorten --prompt or lower --max-tokens.");
        using var backbone = source.Load(folder, device, plan, memory(), terminal.Note);
        using var model = InferenceModel.Load(backbone, source.AdapterFolder, terminal.Note);
        var generator = new TextGenerator(model.Model, model.Runner, () => backbone.Text, () => 0);
        var generated = await generator.GenerateAsync(prompt, sampling, null, cancel);
        terminal.Result(generated.Text);
        if (generated.Text.Length == 0)
        {
            terminal.Note($"the model ended the text at once ({generated.Stop})");
        }

        return CommandOutcome.Done(new JsonObject
        {
            ["text"] = generated.Text,
            ["tokens"] = new JsonArray([.. generated.Tokens.Select(token => (JsonNode)token)]),
            ["prompt_tokens"] = prompt.Length,
            ["stop"] = generated.Stop,
        });
    }

    private int[] Prompt(SequenceEncoder encoder, ChatFrame? chat)
    {
        var positions = encoder.MaxTokens;
        var room = Math.Min(options.MaxNewTokens, positions / 2);
        var text = chat?.Prompt(options.Prompt) ?? options.Prompt;
        var prompt = encoder.EncodePrompt(text, chat, room, out var removed);
        if (removed > 0)
        {
            terminal.Note(
                $"the prompt's first {removed} tokens were cut, so that {room} new ones fit into the backbone's {positions} "
                + "positions.");
        }

        return prompt;
    }
}
