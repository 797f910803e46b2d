using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor status</c>.</summary>
public sealed class StatusCommand
{
    private readonly Argument<string?> _run = new("RUN")
    {
        Description = "run folder, or a folder of runs (default: runs)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public StatusCommand() => Command.Add(_run);

    public Command Command { get; } = new("status", "tell what runs there are, and what one is doing");

    /// <summary>The options.</summary>
    public StatusOptions Read(ParseResult parsed) => new() { Run = parsed.GetValue(_run) };
}
