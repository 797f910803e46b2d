using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor pretrain</c>.</summary>
public sealed class PretrainCommand
{
    private readonly RunArguments _run;

    public PretrainCommand() => _run = new RunArguments(Command, "recipes/pretrain", null, "data.files=FILE");

    public Command Command { get; } = new("pretrain", "train a small backbone from scratch on text");

    /// <inheritdoc cref="RunArguments.WantsList"/>
    public bool WantsList(ParseResult parsed) => _run.WantsList(parsed);

    /// <inheritdoc cref="RunArguments.Read"/>
    public RunOptions Read(ParseResult parsed) => _run.Read(parsed);
}
