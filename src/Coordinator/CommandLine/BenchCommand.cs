using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor bench</c>.</summary>
public sealed class BenchCommand
{
    private const int LeastRounds = 5;
    private const int MostRounds = 1000;

    private readonly Argument<string[]> _names = new("NAME")
    {
        Description = "benchmarks to run; without one they are listed",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _list = OptionKinds.Flag("--list", "list the benchmarks");

    private readonly ValueOption<string?> _shape = OptionKinds.Words(
        "--shape", "NAME", "model and batch to measure on: reference or demo (default: reference)", "reference", "demo");

    private readonly ValueOption<long?> _rounds = OptionKinds.Whole(
        "--rounds", "N", LeastRounds, MostRounds, $"rounds of turns, at least {LeastRounds} (default: {BenchOptions.DefaultRounds})");

    private readonly ValueOption<long?> _threads = OptionKinds.Threads();

    private readonly ValueOption<string?> _device = OptionKinds.Device();

    private readonly ValueOption<string?> _python =
        OptionKinds.File("--python", "the Python that has PyTorch (default: python3, then Debian's)");

    private readonly Option<bool> _peer = OptionKinds.Flag(
        "--peer", "be the other end of one that is measured (its own processes use this)");

    public BenchCommand()
    {
        Command.Add(_names);
        Command.Add(_list);
        Command.Add(_shape);
        Command.Add(_rounds);
        Command.Add(_threads);
        Command.Add(_device);
        Command.Add(_python);
        Command.Add(_peer);
    }

    public Command Command { get; } = new("bench", "measure this program beside its baselines, in one run");

    /// <summary>The options.</summary>
    public BenchOptions Read(ParseResult parsed) => new()
    {
        Names = parsed.GetValue(_names) ?? [],
        List = parsed.GetValue(_list),
        Shape = parsed.GetValue(_shape),
        Rounds = (int)(parsed.GetValue(_rounds) ?? BenchOptions.DefaultRounds),
        Threads = (int?)parsed.GetValue(_threads),
        Device = parsed.GetValue(_device) ?? "cpu",
        Python = parsed.GetValue(_python),
        IsPeer = parsed.GetValue(_peer),
    };
}
