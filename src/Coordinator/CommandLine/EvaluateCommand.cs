using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor evaluate</c>.</summary>
public sealed class EvaluateCommand
{
    private readonly Argument<string?> _run = OptionKinds.Run();

    private readonly ListOption _tasks = new(
        "--task",
        "NAME",
        "task by name, or a task file (repeatable; default: the run's)",
        "the name of a task, or the path of a task file ending in .yaml",
        text => text.Trim().Length > 0);

    private readonly ValueOption<string?> _backbone =
        OptionKinds.Folder("--backbone", "Hugging Face folder of a backbone, instead of a run");

    private readonly ValueOption<string?> _adapter =
        OptionKinds.Folder("--adapter", "adapter folder (default: the run's, or none)");

    private readonly ValueOption<string?> _data =
        OptionKinds.Folder("--data", "folder that task files' paths start from (default: the run's)");

    private readonly ValueOption<string?> _text =
        OptionKinds.File("--text", "give the mean next-token NLL of a text file");

    private readonly ValueOption<string?> _ids =
        OptionKinds.File("--ids", "give the mean next-token NLL of token ids separated by commas");

    private readonly ValueOption<string?> _lengthNormalisation = OptionKinds.Words(
        "--length-normalisation",
        "X",
        "divide a choice's score by its length: none, tokens or characters",
        "none",
        "tokens",
        "characters");

    private readonly ValueOption<long?> _maxItems = OptionKinds.Whole(
        "--max-items", "N", 0, OptionKinds.MostCount, "items per task; 0 for all (default: the run's)");

    private readonly ValueOption<string?> _dtype = OptionKinds.Dtype();
    private readonly ValueOption<long?> _threads = OptionKinds.Threads();
    private readonly ValueOption<string?> _device = OptionKinds.Device();

    public EvaluateCommand()
    {
        Command.Add(_run);
        Command.Add(_tasks);
        Command.Add(_backbone);
        Command.Add(_adapter);
        Command.Add(_data);
        Command.Add(_text);
        Command.Add(_ids);
        Command.Add(_lengthNormalisation);
        Command.Add(_maxItems);
        Command.Add(_dtype);
        Command.Add(_threads);
        Command.Add(_device);
    }

    public Command Command { get; } =
        new("evaluate", "measure a run, or a backbone with an adapter, on tasks or a text");

    /// <summary>The options, checked against each other.</summary>
    /// <exception cref="InputException">They contradict each other.</exception>
    public EvaluateOptions Read(ParseResult parsed)
    {
        var options = new EvaluateOptions
        {
            Run = parsed.GetValue(_run),
            Backbone = parsed.GetValue(_backbone),
            Adapter = parsed.GetValue(_adapter),
            Tasks = parsed.GetValue(_tasks) ?? [],
            DataFolder = parsed.GetValue(_data),
            Text = parsed.GetValue(_text),
            Ids = parsed.GetValue(_ids),
            LengthNormalisation = parsed.GetValue(_lengthNormalisation),
            MaxItems = (int?)parsed.GetValue(_maxItems),
            Dtype = parsed.GetValue(_dtype),
            Threads = (int?)parsed.GetValue(_threads),
            Device = parsed.GetValue(_device) ?? "cpu",
        };
        Check(options);
        return options;
    }

    private static void Check(EvaluateOptions options)
    {
        RunOrBackbone.Check("evaluate", options.Run, options.Backbone);
        if (options is { Text: not null, Ids: not null })
        {
            throw new InputException(
                "--ids", $"{options.Ids} is given together with --text {options.Text}", "Leave one of them out.");
        }

        var measuresText = options.Text is not null || options.Ids is not null;
        if (measuresText && options.Tasks.Count > 0)
        {
            throw new InputException(
                "--task",
                $"{options.Tasks[0]} is given together with --{(options.Text is null ? "ids" : "text")}",
                "Evaluate the tasks and the text with two commands.");
        }

        if (options.Run is null && !measuresText && options.Tasks.Count == 0)
        {
            throw new InputException(
                "mor evaluate",
                "nothing to measure is given, and a backbone has no tasks of its own",
                "Add --task NAME, --text FILE or --ids FILE.");
        }
    }
}
