using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor plan</c>.</summary>
public sealed class PlanCommand
{
    private const int MostNodes = 1024;
    private readonly Argument<string?> _recipe = new("RECIPE")
    {
        Description = "recipe file, or the name of one in recipes/; without it demo",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ListOption _set = OptionKinds.Set("override a recipe key, such as experts.rank=16 (repeatable)");

    private readonly ValueOption<string?> _backbone = OptionKinds.Folder(
        "--backbone", "folder with a config.json, or a known name such as llama-2-7b (default: the recipe's)");

    private readonly ValueOption<long?> _tokens = OptionKinds.Whole(
        "--tokens-per-sequence", "N", 1, 1 << 20, "mean tokens of a sequence (default: of the data, or data.max_tokens)");

    private readonly ValueOption<long?> _nodes = OptionKinds.Whole(
        "--nodes", "N", 1, MostNodes, "plan for N nodes (default: 1, 2, 4 and so on to 1024)");

    private readonly Option<bool> _local = OptionKinds.Flag("--local", "the nodes are processes of one machine and share its cores");
    private readonly Option<bool> _measure = OptionKinds.Flag("--measure", "measure this machine again, for half a minute");

    private readonly ValueOption<double?> _flops = OptionKinds.Real(
        "--device-tflops", "X", 0, 1e6, isOpen: true, "10^12 float32 operations per second of each machine (default: measured here)");

    private readonly ValueOption<double?> _memoryRate = OptionKinds.Real(
        "--memory-gbytes-per-second", "X", 0, 1e6, isOpen: true, "10^9 bytes per second of its memory");

    private readonly ValueOption<double?> _memory = OptionKinds.Real(
        "--device-memory-gib", "X", 0, 1e6, isOpen: true, "GiB of memory of each machine");

    private readonly ValueOption<double?> _link = OptionKinds.Real(
        "--link-gbits-per-second", "X", 0, 1e6, isOpen: true, "10^9 bits per second of the coordinator's link (default: 10)");

    private readonly ValueOption<double?> _latency = OptionKinds.Real(
        "--latency-ms", "X", 0, 1e5, isOpen: false, "milliseconds one way, half of what ping shows (default: 0.1)");

    public PlanCommand()
    {
        Command.Add(_recipe);
        foreach (var option in (Option[])
        [
            _set, _backbone, _tokens, _nodes, _local, _measure, _flops, _memoryRate, _memory, _link, _latency,
        ])
        {
            Command.Add(option);
        }
    }

    public Command Command { get; } = new("plan", "predict speed, traffic and memory on nodes, before anything runs");

    /// <summary>The options, checked against each other.</summary>
    /// <exception cref="InputException">They contradict each other.</exception>
    public PlanOptions Read(ParseResult parsed)
    {
        var options = new PlanOptions
        {
            Recipe = parsed.GetValue(_recipe) ?? "demo",
            Set = parsed.GetValue(_set) ?? [],
            Backbone = parsed.GetValue(_backbone),
            TokensPerSequence = (int?)parsed.GetValue(_tokens),
            Nodes = (int?)parsed.GetValue(_nodes),
            Local = parsed.GetValue(_local),
            Measure = parsed.GetValue(_measure),
            DeviceTeraflops = parsed.GetValue(_flops),
            MemoryGigabytesPerSecond = parsed.GetValue(_memoryRate),
            DeviceMemoryGibibytes = parsed.GetValue(_memory),
            LinkGigabits = parsed.GetValue(_link),
            LatencyMilliseconds = parsed.GetValue(_latency),
        };
        Check(options);
        return options;
    }

    private static void Check(PlanOptions options)
    {
        if (options.DeviceTeraflops is null != options.MemoryGigabytesPerSecond is null)
        {
            throw new InputException(
                options.DeviceTeraflops is null ? "--memory-gbytes-per-second" : "--device-tflops",
                "a device is given by both its operations and its memory's bytes per second",
                "Give --device-tflops and --memory-gbytes-per-second together, or neither.");
        }

        if (options is { Measure: true, DeviceTeraflops: not null })
        {
            throw new InputException(
                "--measure", "the device is given, so there is nothing to measure", "Leave --measure or --device-tflops out.");
        }

        if (options.Local && (options.LinkGigabits is not null || options.LatencyMilliseconds is not null))
        {
            throw new InputException(
                "--local", "processes of one machine have no link to plan with", "Leave --local or the link's options out.");
        }
    }
}
