using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor generate</c>.</summary>
public sealed class GenerateCommand
{
    private const int MostTokens = 1_000_000;

    private readonly Argument<string?> _run = OptionKinds.Run();

    private readonly ValueOption<string?> _prompt = new(
        "--prompt", "TEXT", "the text to continue", "the text to continue", (text, out value) =>
        {
            value = text;
            return true;
        });

    private readonly Option<bool> _chat =
        OptionKinds.Flag("--chat", "answer the prompt as a user's message, by the backbone's chat template");

    private readonly ValueOption<string?> _system = new(
        "--system", "TEXT", "system message of --chat", "a system message", (text, out value) =>
        {
            value = text;
            return text.Trim().Length > 0;
        });

    private readonly ValueOption<string?> _backbone =
        OptionKinds.Folder("--backbone", "Hugging Face folder of a backbone, instead of a run");

    private readonly ValueOption<string?> _adapter =
        OptionKinds.Folder("--adapter", "adapter folder (default: the run's, or none)");

    private readonly ValueOption<long?> _maxTokens = OptionKinds.Whole(
        "--max-tokens", "N", 1, MostTokens, "at most this many new tokens (default: 128)");

    private readonly ValueOption<double?> _temperature = OptionKinds.Real(
        "--temperature", "T", 0, 100, isOpen: false, "0 takes the likeliest token (default: 0)");

    private readonly ValueOption<double?> _topP = OptionKinds.Real(
        "--top-p", "P", 0, 1, isOpen: true, "sample among the likeliest tokens that add up to P (default: 1)");

    private readonly ValueOption<long?> _seed = OptionKinds.Whole(
        "--seed", "S", 0, long.MaxValue, "seed of the sampling (default: 42)");

    private readonly ValueOption<string?> _dtype = OptionKinds.Dtype();
    private readonly ValueOption<long?> _threads = OptionKinds.Threads();
    private readonly ValueOption<string?> _device = OptionKinds.Device();

    public GenerateCommand()
    {
        Command.Add(_run);
        Command.Add(_prompt);
        Command.Add(_chat);
        Command.Add(_system);
        Command.Add(_backbone);
        Command.Add(_adapter);
        Command.Add(_maxTokens);
        Command.Add(_temperature);
        Command.Add(_topP);
        Command.Add(_seed);
        Command.Add(_dtype);
        Command.Add(_threads);
        Command.Add(_device);
    }

    public Command Command { get; } = new("generate", "continue a prompt with a run's model");

    /// <summary>The options, checked against each other.</summary>
    /// <exception cref="InputException">They contradict each other, or there is no prompt.</exception>
    public GenerateOptions Read(ParseResult parsed)
    {
        var run = parsed.GetValue(_run);
        var backbone = parsed.GetValue(_backbone);
        RunOrBackbone.Check("generate", run, backbone);
        var defaults = new GenerateOptions
        {
            Prompt = parsed.GetValue(_prompt)
                ?? throw new InputException("--prompt", "no text to continue is given", "Add --prompt TEXT."),
        };
        return defaults with
        {
            Run = run,
            Backbone = backbone,
            Adapter = parsed.GetValue(_adapter),
            Chat = parsed.GetValue(_chat),
            System = ReadSystem(parsed),
            MaxNewTokens = (int?)parsed.GetValue(_maxTokens) ?? defaults.MaxNewTokens,
            Temperature = parsed.GetValue(_temperature) ?? defaults.Temperature,
            TopP = parsed.GetValue(_topP) ?? defaults.TopP,
            Seed = parsed.GetValue(_seed) ?? defaults.Seed,
            Dtype = parsed.GetValue(_dtype),
            Threads = (int?)parsed.GetValue(_threads),
            Device = parsed.GetValue(_device) ?? defaults.Device,
        };
    }

    private string? ReadSystem(ParseResult parsed) => parsed.GetValue(_system) is not { } system ? null
        : parsed.GetValue(_chat) ? system
        : throw new InputException("--system", $"'{system}' is given without --chat", "Add --chat, or leave it out.");
}
