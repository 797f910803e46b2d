using System.Text;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Comparison.Statistics;

namespace MoR.Coordinator.Comparison;

/// <summary>The results as two tables and what a reader has to know of them, for a terminal and as Markdown.</summary>
public sealed class ComparisonTables(ComparisonResults results)
{
    private const string None = "-";
    private const string AccuracyTitle = "Accuracy after training, mean ± standard error over seeds";

    private string DifferenceTitle => $"Difference to {results.Plan.Reference}, paired by seed";

    /// <summary>What the tables do not say themselves, a sentence or two each.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var count = results.Pairs.Count;
            return
            [
                $"Complete runs: {results.Complete} of {results.Planned}.",
                ParameterNote(),
                "The standard error is sd / √n over the n seeds, sd with n − 1. Intervals are 95 % by Student's t with n − 1 "
                    + "degrees of freedom, each on its own. They cover what a seed decides (order of the data, starting values, "
                    + "dropout, the sample of items that is evaluated), not other tasks or backbones.",
                $"Comparisons made: {count}. If nothing differed, {count * (1 - PairedDifference.Confidence):0.##} of such "
                    + "intervals would be expected to miss 0 by chance. A difference that survives Holm's correction stands at "
                    + "5 % for all of them together; one whose interval contains 0 is no finding.",
                "The best constant answer gives every item the same answer, the one that is right most often on these items.",
            ];
        }
    }

    /// <summary>Tells a person.</summary>
    public void Show(ITerminal terminal)
    {
        terminal.Table(AccuracyTitle, AccuracyHeaders(), AccuracyRows());
        terminal.Table(DifferenceTitle, DifferenceHeaders, DifferenceRows());
        foreach (var note in Notes)
        {
            terminal.Note(note);
        }
    }

    /// <summary>The text of <c>compare.md</c>.</summary>
    public string Markdown()
    {
        var text = new StringBuilder($"# {results.Plan.Name}\n");
        Append(text, AccuracyTitle, AccuracyHeaders(), AccuracyRows());
        Append(text, DifferenceTitle, DifferenceHeaders, DifferenceRows());
        text.Append('\n');
        foreach (var note in Notes)
        {
            text.Append("- ").Append(note).Append('\n');
        }

        return text.ToString();
    }

    private static IReadOnlyList<string> DifferenceHeaders { get; } =
        ["configuration", "task", "difference", "95 % interval", "seeds won", "p", "p (Holm)", "verdict"];

    private static void Append(
        StringBuilder text, string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        text.Append("\n## ").Append(title).Append("\n\n");
        text.Append("| ").AppendJoin(" | ", headers).Append(" |\n");
        text.Append('|').AppendJoin("", headers.Select(_ => "---|")).Append('\n');
        foreach (var row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }
    }

    private static string Name(string? task) => task ?? "all tasks";

    private static string Signed(double? value) => value is null ? None : $"{value:+0.0000;-0.0000;0.0000}";

    private static string P(double? value) => value is null ? None : value < 0.0001 ? "<0.0001" : $"{value:0.0000}";

    private string[] AccuracyHeaders() =>
    [
        "configuration", "parameters", "rank", "seeds", .. results.Columns.Select(Name), "load_cv", "dead experts", "s/step",
    ];

    private IEnumerable<IReadOnlyList<string>> AccuracyRows()
    {
        foreach (var item in results.Summaries)
        {
            yield return
            [
                item.Configuration.Name,
                $"{item.Configuration.Parameters}",
                item.Configuration.RankText,
                $"{item.Runs.Count}",
                .. results.Columns.Select(task => item.Accuracy(task) switch
                {
                    null => None,
                    { StandardError: null } single => $"{single.Mean:0.0000}",
                    var mean => $"{mean.Mean:0.0000} ± {mean.StandardError:0.0000}",
                }),
                item.LoadCv is { } cv ? $"{cv:0.00}" : None,
                item.DeadExperts is { } dead ? $"{dead:0.#} of {item.Experts}" : None,
                item.SecondsPerStep is { } seconds ? $"{seconds:0.000}" : None,
            ];
        }

        yield return ["best constant answer", None, None, None, .. results.Columns.Select(Constant), None, None, None];
    }

    /// <summary>Mean over the seeds, whose runs may be evaluated on different items.</summary>
    private string Constant(string? task)
    {
        var known = results.Summaries.SelectMany(item => item.Runs)
            .DistinctBy(run => run.Run.Seed)
            .Select(run => run.ConstantOn(task))
            .ToList();
        return known.Count == 0 || known.Contains(null) ? None : $"{known.Average():0.0000}";
    }

    private IEnumerable<IReadOnlyList<string>> DifferenceRows()
    {
        foreach (var pair in results.Pairs)
        {
            var difference = pair.Difference;
            yield return
            [
                pair.Configuration,
                Name(pair.Task),
                Signed(difference?.Difference.Mean),
                difference?.HalfWidth is null ? None : $"{Signed(difference.Low)} to {Signed(difference.High)}",
                difference is null ? None : $"{difference.Won} of {difference.Difference.Count}"
                    + (difference.Tied > 0 ? $", {difference.Tied} tied" : ""),
                P(difference?.P),
                P(pair.AdjustedP),
                pair.Verdict,
            ];
        }
    }

    private string ParameterNote()
    {
        var counts = results.Summaries.Select(item => item.Configuration.Parameters).ToList();
        if (results.Plan.Match is not { } match)
        {
            return counts.Distinct().Count() == 1
                ? $"All configurations have {counts[0]:N0} trainable parameters."
                : $"Trainable parameters are not matched: {counts.Min():N0} to {counts.Max():N0}. Differences may come from "
                    + "that.";
        }

        var budget = results.Summaries.Single(item => item.Configuration.Name == match.Configuration).Configuration.Parameters;
        var off = counts.Max(count => Math.Abs(count - budget) / (double)budget);
        return $"Trainable parameters are matched to {match.Configuration}: the furthest is {off:P2} off its {budget:N0}, "
            + $"allowed is {match.Tolerance:P2}.";
    }
}
