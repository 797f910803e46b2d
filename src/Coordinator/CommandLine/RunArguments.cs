using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments that commands share which make a run from a recipe.</summary>
internal sealed class RunArguments
{
    private readonly Command _command;
    private readonly string? _defaultRecipe;
    private readonly Argument<string?> _recipe;

    private readonly ListOption _set;

    private readonly ValueOption<long?> _steps = OptionKinds.Whole(
        "--steps", "N", 1, OptionKinds.MostCount, "total steps; defines the learning-rate schedule");

    private readonly ValueOption<long?> _stopAfter = OptionKinds.Whole(
        "--stop-after", "N", 1, OptionKinds.MostCount, "stop and save after step N; the schedule stays");

    private readonly ValueOption<string?> _output =
        OptionKinds.Folder("--output", "run folder to create (default: a free runs/NAME)");

    private readonly ValueOption<string?> _resume = OptionKinds.Folder("--resume", "run folder to go on with");
    private readonly Option<bool> _dryRun =
        OptionKinds.Flag("--dry-run", "check everything, print the plan, change nothing");

    private readonly Option<bool> _list = OptionKinds.Flag("--list", "list the recipes and what each needs");
    private readonly ValueOption<string?> _device = OptionKinds.Device();

    /// <param name="command">The command, which gets the arguments.</param>
    /// <param name="recipesFolder">Where its recipes are, for people.</param>
    /// <param name="defaultRecipe">The recipe when none is given; null if one must be.</param>
    /// <param name="exampleKey">A recipe key worth overriding.</param>
    /// <param name="own">The command's own options.</param>
    public RunArguments(
        Command command, string recipesFolder, string? defaultRecipe, string exampleKey, params ReadOnlySpan<Option> own)
    {
        (_command, _defaultRecipe) = (command, defaultRecipe);
        _recipe = new Argument<string?>("RECIPE")
        {
            Description = $"recipe file, or the name of one in {recipesFolder}/; without it "
                + (defaultRecipe ?? "the recipes are listed"),
            Arity = ArgumentArity.ZeroOrOne,
        };
        _set = new ListOption(
            "--set",
            "KEY=VALUE",
            $"override a recipe key, such as {exampleKey} (repeatable)",
            "a recipe key and its value, such as training.learning_rate=1e-3",
            text => text.IndexOf('=', StringComparison.Ordinal) > 0);
        command.Add(_recipe);
        command.Add(_set);
        command.Add(_steps);
        command.Add(_stopAfter);
        command.Add(_output);
        command.Add(_resume);
        command.Add(_dryRun);
        command.Add(_list);
        foreach (var option in own)
        {
            command.Add(option);
        }

        command.Add(_device);
    }

    /// <summary>Whether the recipes are to be listed: on request, or when nothing was given and nothing can be guessed.</summary>
    public bool WantsList(ParseResult parsed) => parsed.GetValue(_list) || (_defaultRecipe is null && IsBare(parsed));

    /// <summary>The options, checked against each other.</summary>
    /// <exception cref="InputException">They contradict each other.</exception>
    public RunOptions Read(ParseResult parsed)
    {
        var resume = parsed.GetValue(_resume);
        var options = new RunOptions
        {
            Recipe = parsed.GetValue(_recipe) ?? (resume is null ? _defaultRecipe : null),
            Set = parsed.GetValue(_set) ?? [],
            Steps = parsed.GetValue(_steps),
            StopAfter = parsed.GetValue(_stopAfter),
            Output = parsed.GetValue(_output),
            Resume = resume,
            DryRun = parsed.GetValue(_dryRun),
            Device = parsed.GetValue(_device) ?? "cpu",
        };
        Check(options);
        return options;
    }

    private bool IsBare(ParseResult parsed) =>
        parsed.GetResult(_recipe) is not { Tokens.Count: > 0 }
        && _command.Options.All(option => parsed.GetResult(option) is null or { Implicit: true });

    private void Check(RunOptions options)
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
                $"Name one, or a run with --resume DIR; 'mor {_command.Name} --list' lists the recipes.");
        }
    }
}
