using System.CommandLine;
using System.Globalization;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor simulate</c>.</summary>
public sealed class SimulateCommand
{
    private const string Real = "real";

    private readonly Argument<string?> _scenario = new("SCENARIO")
    {
        Description = "everything (default), nodes, network, coordinator, disk or nothing; with --cost a recipe",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ValueOption<string?> _seeds = new(
        "--seeds",
        "A..B",
        $"seeds to try, such as 1..1000 (default: a cluster to watch, then 1..{SimulateOptions.DefaultSeeds})",
        "two whole numbers with dots between, the first not larger, such as 1..1000",
        (text, out value) =>
        {
            value = text;
            return Range(text) is not null;
        });

    private readonly ValueOption<string?> _depth = OptionKinds.Words(
        "--depth", "DEPTH", "protocol (default): mathematics is a stand-in; real: the tiny model's numbers", "protocol", Real);

    private readonly Option<bool> _cost = OptionKinds.Flag(
        "--cost", "no faults: what a recipe's step takes on 1 to 1024 nodes, as 'mor plan' predicts it");

    public SimulateCommand()
    {
        Command.Add(_scenario);
        Command.Add(_seeds);
        Command.Add(_depth);
        Command.Add(_cost);
    }

    public Command Command { get; } = new("simulate", "try a cluster through faults on a virtual clock, network and disk");

    /// <summary>The options, checked against each other.</summary>
    /// <exception cref="InputException">They contradict each other.</exception>
    public SimulateOptions Read(ParseResult parsed)
    {
        var (seeds, depth) = (parsed.GetValue(_seeds), parsed.GetValue(_depth));
        var isCost = parsed.GetValue(_cost);
        if (isCost && (seeds ?? depth) is not null)
        {
            throw new InputException(
                "--cost", "predicts a run and tries no worlds, so it has neither seeds nor a depth",
                "Leave --cost out, or --seeds and --depth.");
        }

        return new SimulateOptions
        {
            Scenario = parsed.GetValue(_scenario),
            Seeds = seeds is null ? null : Range(seeds),
            IsReal = depth == Real,
            IsCost = isCost,
        };
    }

    private static (ulong First, ulong Last)? Range(string text)
    {
        var parts = text.Split("..");
        return parts.Length == 2
            && ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first <= last && last - first < OptionKinds.MostCount
                ? (first, last)
                : null;
    }
}
