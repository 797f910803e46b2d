using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor export</c>.</summary>
public sealed class ExportCommand
{
    private readonly Argument<string?> _run = OptionKinds.Run();

    private readonly ValueOption<string?> _output =
        OptionKinds.Folder("--output", "folder to make (default: exports/RUN-step-N)");

    private readonly ValueOption<long?> _step = OptionKinds.Whole(
        "--step", "N", 0, OptionKinds.MostCount, "the checkpoint after step N (default: the run's best or last)");

    private readonly ValueOption<string?> _baseModel = new(
        "--base-model",
        "NAME",
        "what others call the backbone, such as a hub's name (default: its path)",
        "a name or path that is not empty",
        (text, out value) =>
        {
            value = text;
            return text.Trim().Length > 0 && !text.StartsWith("--", StringComparison.Ordinal);
        });

    public ExportCommand()
    {
        Command.Add(_run);
        Command.Add(_output);
        Command.Add(_step);
        Command.Add(_baseModel);
    }

    public Command Command { get; } = new("export", "write a run's adapter as a folder for PEFT and PyTorch");

    /// <summary>The options.</summary>
    /// <exception cref="InputException">There is no run.</exception>
    public ExportOptions Read(ParseResult parsed) => new()
    {
        Run = parsed.GetValue(_run)
            ?? throw new InputException("RUN", "no run is given", "Write 'mor export RUN', such as 'mor export runs/rte'."),
        Output = parsed.GetValue(_output),
        Step = parsed.GetValue(_step),
        BaseModel = parsed.GetValue(_baseModel),
    };
}
