using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor train</c>.</summary>
public sealed class TrainCommand
{
    private readonly Argument<string?> _recipe = new("RECIPE")
    {
        Description = "recipe file, or the name of one in recipes/; without it the recipes are listed",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ListOption _set =
        OptionKinds.Set("override a recipe key, such as backbone.path=DIR (repeatable)");

    private readonly ValueOption<long?> _steps = OptionKinds.Whole(
        "--steps", "N", 1, OptionKinds.MostCount, "total steps; defines the learning-rate schedule");

    private readonly ValueOption<long?> _stopAfter = OptionKinds.Whole(
        "--stop-after", "N", 1, OptionKinds.MostCount, "stop and save after step N; the schedule stays");

    private readonly ValueOption<string?> _output =
        OptionKinds.Folder("--output", "run folder to create (default: a free runs/NAME)");

    private readonly ValueOption<string?> _resume = OptionKinds.Folder("--resume", "run folder to go on with");
    private readonly Option<bool> _dryRun =
        OptionKinds.Flag("--dry-run", "check everything, print the plan, change nothing");

    private readonly Option<bool> _noEval = OptionKinds.Flag("--no-eval", "do not evaluate");
    private readonly ValueOption<string?> _device = OptionKinds.Device();

    public TrainCommand()
    {
        Command.Add(_recipe);
        Command.Add(_set);
        Command.Add(_steps);
        Command.Add(_stopAfter);
        Command.Add(_output);
        Command.Add(_resume);
        Command.Add(_dryRun);
        Command.Add(_noEval);
        Command.Add(_device);
    }

    public Command Command { get; } = new("train", "train a mixture of LoRA experts from a recipe");

    /// <summary>Whether the user gave nothing at all, and so wants to know what there is.</summary>
    public bool IsBare(ParseResult parsed) =>
        parsed.GetResult(_recipe) is not { Tokens.Count: > 0 }
        && Command.Options.All(option => parsed.GetResult(option) is null or { Implicit: true });

    /// <summary>The options, checked against each other.</summary>
    /// <exception cref="InputException">They contradict each other.</exception>
    public TrainOptions Read(ParseResult parsed)
    {
        var options = new TrainOptions
        {
            Recipe = parsed.GetValue(_recipe),
            Set = parsed.GetValue(_set) ?? [],
            Steps = parsed.GetValue(_steps),
            StopAfter = parsed.GetValue(_stopAfter),
            Output = parsed.GetValue(_output),
            Resume = parsed.GetValue(_resume),
            DryRun = parsed.GetValue(_dryRun),
            NoEval = parsed.GetValue(_noEval),
            Device = parsed.GetValue(_device) ?? "cpu",
        };
        Check(options);
        return options;
    }

    private static void Check(TrainOptions options)
    {
        if (options is { Recipe: not null, Resume: not null })
        {
            throw new InputException(
                "--resume",
                $"{options.Resume} is given together with the recipe {options.Recipe}, and a run has its own recipe",
                "Leave one of them out.");
        }

        if (options is { Output: not null, Resume: not null })
        {
            throw new InputException(
                "--output",
                $"{options.Output} is given together with --resume {options.Resume}, which goes on in its own folder",
                "Leave --output out.");
        }

        if (options is { Recipe: null, Resume: null })
        {
            throw new InputException(
                "RECIPE",
                "no recipe is given",
                "Name one, or a run with --resume DIR; 'mor train' alone lists the recipes.");
        }
    }
}
