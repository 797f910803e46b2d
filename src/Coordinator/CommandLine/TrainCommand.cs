using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor train</c>.</summary>
public sealed class TrainCommand
{
    private const string DefaultRecipe = "demo";
    private readonly Option<bool> _noEval = OptionKinds.Flag("--no-eval", "do not evaluate");
    private readonly ClusterArguments _cluster = new();
    private readonly RunArguments _run;

    public TrainCommand() =>
        _run = new RunArguments(Command, "recipes", DefaultRecipe, "backbone.path=DIR", [_noEval, .. _cluster.Options]);

    public Command Command { get; } = new("train", "train a mixture of LoRA experts from a recipe");

    /// <inheritdoc cref="RunArguments.WantsList"/>
    public bool WantsList(ParseResult parsed) => _run.WantsList(parsed);

    /// <inheritdoc cref="RunArguments.Read"/>
    public TrainOptions Read(ParseResult parsed) => new(_run.Read(parsed))
    {
        NoEval = parsed.GetValue(_noEval),
        Cluster = _cluster.Read(parsed),
    };
}
