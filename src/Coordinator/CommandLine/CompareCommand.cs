using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor compare</c>.</summary>
public sealed class CompareCommand
{
    private readonly Argument<string?> _plan = new("PLAN")
    {
        Description = "plan file, or the name of one in plans/",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ListOption _set = OptionKinds.Set("override a key of the plan, or a recipe key for all (repeatable)");

    private readonly ValueOption<string?> _output =
        OptionKinds.Folder("--output", "folder to create or to go on in (default: runs/NAME)");

    private readonly Option<bool> _dryRun =
        OptionKinds.Flag("--dry-run", "check everything, print runs, parameters and cost, change nothing");

    private readonly ValueOption<string?> _device = OptionKinds.Device();

    public CompareCommand()
    {
        Command.Add(_plan);
        Command.Add(_set);
        Command.Add(_output);
        Command.Add(_dryRun);
        Command.Add(_device);
    }

    public Command Command { get; } =
        new("compare", "train configurations with several seeds, and compare them");

    /// <summary>The options.</summary>
    /// <exception cref="InputException">No plan is given.</exception>
    public CompareOptions Read(ParseResult parsed) => new()
    {
        Plan = parsed.GetValue(_plan) ?? throw new InputException(
            "PLAN",
            "no plan is given",
            "Name one of the plans folder, or the path of a plan file; docs/RECIPES.md lists the keys."),
        Set = parsed.GetValue(_set) ?? [],
        Output = parsed.GetValue(_output),
        DryRun = parsed.GetValue(_dryRun),
        Device = parsed.GetValue(_device) ?? "cpu",
    };
}
