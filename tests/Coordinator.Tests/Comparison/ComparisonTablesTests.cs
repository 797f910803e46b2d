using MoR.Coordinator.Comparison;

namespace MoR.Coordinator.Tests.Comparison;

/// <summary>Tables and CSV of results that were worked out by hand.</summary>
public sealed class ComparisonTablesTests
{
    private const string Recipe = "backbone: {path: nowhere}\nexperts: {targets: [q_proj]}\n";
    private const string Plan = """
        recipe: base.yaml
        reference: topk
        seeds: 1..3
        configurations:
          none: {router: {kind: none}}
          topk: {router: {kind: topk}, experts: {count: 3}}
          mor: {experts: {count: 3}}
        """;

    private static readonly Dictionary<(string, long), double[]> Accuracies = new()
    {
        [("none", 1)] = [0.50, 0.60],
        [("none", 2)] = [0.55, 0.70],
        [("none", 3)] = [0.45, 0.80],
        [("topk", 1)] = [0.50, 0.50],
        [("topk", 2)] = [0.55, 0.60],
        [("topk", 3)] = [0.45, 0.70],
        [("mor", 1)] = [0.60, 0.52],
        [("mor", 2)] = [0.66, 0.58],
        [("mor", 3)] = [0.54, 0.74],
    };

    [Fact]
    public void The_tables_hold_means_errors_intervals_and_what_may_be_said()
    {
        var (results, _) = ComparisonCase.Of(Plan, Recipe, ["a", "b"], Accuracies);

        // On a, mor − topk is 0.10, 0.11, 0.09: mean 0.1, SE 0.01/√3, t₂ = 4.3027, t = 17.32, p = 0.0033; of the 6 comparisons
        // made, Holm multiplies it by 6. Over both tasks 0.06, 0.045, 0.065: mean 0.0567, SE 0.0060, p = 0.0111.
        // none − topk is the same for all seeds, which is no spread.
        var lines = new ComparisonTables(results).Markdown().Split('\n');

        Assert.Equal(
            [
                "| configuration | parameters | rank | seeds | a | b | all tasks | load_cv | dead experts | s/step |",
                "|---|---|---|---|---|---|---|---|---|---|",
                "| none | 512 | 8 | 3 | 0.5000 ± 0.0289 | 0.7000 ± 0.0577 | 0.6000 ± 0.0250 | - | - | 0.500 |",
                "| topk | 1632 | 8 | 3 | 0.5000 ± 0.0289 | 0.6000 ± 0.0577 | 0.5500 ± 0.0250 | 0.35 | 1 of 6 | 0.500 |",
                "| mor | 1920 | 8 | 3 | 0.6000 ± 0.0346 | 0.6133 ± 0.0657 | 0.6067 ± 0.0240 | 0.35 | 1 of 6 | 0.500 |",
                "| best constant answer | - | - | - | 0.5000 | - | - | - | - | - |",
            ],
            lines[4..10]);
        Assert.Equal(
            [
                "| none | a | 0.0000 | - | 0 of 3, 3 tied | - | - | no spread to judge by |",
                "| none | b | +0.1000 | - | 3 of 3 | - | - | no spread to judge by |",
                "| none | all tasks | +0.0500 | - | 3 of 3 | - | - | no spread to judge by |",
                "| mor | a | +0.1000 | +0.0752 to +0.1248 | 3 of 3 | 0.0033 | 0.0199 | survives Holm |",
                "| mor | b | +0.0133 | -0.0626 to +0.0892 | 2 of 3 | 0.5286 | 1.0000 | interval contains 0 |",
                "| mor | all tasks | +0.0567 | +0.0308 to +0.0825 | 3 of 3 | 0.0111 | 0.0553 | does not survive Holm |",
            ],
            lines[15..21]);
        Assert.Contains("- Complete runs: 9 of 9.", lines);
        Assert.Contains(
            "- Trainable parameters are not matched: 512 to 1,920. Differences may come from that.", lines);
        Assert.Contains(lines, line => line.StartsWith("- Comparisons made: 6. If nothing differed, 0.3 of", StringComparison.Ordinal));
    }

    [Fact]
    public void Seeds_that_one_of_two_lacks_are_not_compared()
    {
        var some = Accuracies.Where(item => item.Key is not (("mor", 2) or ("topk", 3) or ("none", _)))
            .ToDictionary(item => item.Key, item => item.Value);
        var (results, _) = ComparisonCase.Of(Plan, Recipe, ["a", "b"], some);

        var pairs = results.Pairs.ToLookup(pair => pair.Configuration);

        Assert.All(pairs["none"], pair => Assert.Equal("no seed has both", pair.Verdict));
        Assert.All(pairs["mor"], pair => Assert.Equal(1, pair.Difference!.Difference.Count));
        Assert.Equal((4, 9), (results.Complete, results.Planned));
        var text = new ComparisonTables(results).Markdown();
        Assert.Contains("| none | 512 | 8 | 0 | - | - | - | - | - | - |", text, StringComparison.Ordinal);
        Assert.Contains("| topk | 1632 | 8 | 2 | 0.5250 ± 0.0250 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_single_task_its_mean_is_not_compared_a_second_time()
    {
        var (results, _) = ComparisonCase.Of(
            Plan, Recipe, ["a"], Accuracies.ToDictionary(item => item.Key, item => item.Value[..1]));

        Assert.Equal(["a", "a"], results.Pairs.Select(pair => pair.Task));
        Assert.Equal(2 * 0.0033, results.Pairs[1].AdjustedP!.Value, 1e-4);
    }

    [Fact]
    public void The_csv_has_the_tasks_own_metric_and_the_accuracy()
    {
        var (_, csv) = ComparisonCase.Of(Plan, Recipe, ["a", "b"], Accuracies);

        var lines = csv.Split('\n');

        Assert.Equal(ComparisonCsv.Columns, lines[0].Split(','));
        Assert.Equal(1 + (9 * 3) + 1, lines.Length);
        Assert.Equal(
            "topk,2,a,40,matthews,0.125,0.75,0.25,0.55,0.5,0.050000000000000044,0.3535533905932738,1,0.16666666666666666,"
            + "1632,1536,96,8,30,0.5,f00d,0.5,200",
            lines[1 + 9 + 3]);
        Assert.Equal("none,1,b,40,matthews,0.125,0.75,0.25,0.6,,,,,,512,512,0,8,30,0.5,f00d,0.5,200", lines[2]);
        Assert.StartsWith("none,1,(all),80,accuracy,0.25,0.55,0.25,0.55,,,", lines[3], StringComparison.Ordinal);
    }
}
