using System.Text;

namespace MoR.Coordinator.Reports;

/// <summary>
/// The report of a run: one HTML file without scripts and without anything from elsewhere, light or dark as the reader
/// likes it. It is well-formed XML, and the same run gives the same bytes.
/// </summary>
public static class RunReport
{
    private const double SmallWidth = 320;
    private const double SmallHeight = 150;
    private const int MostSkippedShown = 40;

    /// <summary>The text of <c>report.html</c>.</summary>
    public static string Render(RunReportInput input)
    {
        var history = MetricsHistory.Parse(input.MetricLines);
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        html.Append($"<title>{Html.Text(input.Name)}</title>\n<style>\n{ReportStyle.Css}\n</style>\n</head>\n<body>\n");
        Header(html, input);
        Notices(html, input, history);
        Results(html, input.Results);
        if (history.Steps.Count > 0)
        {
            Loss(html, history);
            SmallMultiples(html, history);
            Load(html, history);
        }

        html.Append($"<h2>Recipe</h2>\n<pre>{Html.Text(input.RecipeText)}</pre>\n");
        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void Header(StringBuilder html, RunReportInput input)
    {
        html.Append($"<h1>{Html.Text(input.Name)}</h1>\n");
        Line(html, "router", input.Router);
        Line(html, "backbone", input.Backbone);
        html.Append("<dl class=\"facts\">\n");
        Fact(html, "steps", input.Steps == input.PlannedSteps
            ? Html.Number(input.Steps)
            : $"{Html.Number(input.Steps)} of {Html.Number(input.PlannedSteps)}");
        Fact(html, "loss, fixed batch", $"{Html.Number(input.LossFirst)} → {Html.Number(input.LossLast)}");
        Fact(html, "tokens per second", Html.Number(input.TokensPerSecond));
        if (input.DeadExperts is { } dead)
        {
            Fact(html, "experts without a row", Html.Number(dead));
        }

        html.Append("</dl>\n");
        if (input.AdapterSha256 is { } hash)
        {
            html.Append($"<p class=\"quiet hash\">adapter sha256 {Html.Text(hash)}</p>\n");
        }
    }

    private static void Line(StringBuilder html, string name, string? value)
    {
        if (value is not null)
        {
            html.Append($"<p class=\"quiet\">{name}: {Html.Text(value)}</p>\n");
        }
    }

    private static void Fact(StringBuilder html, string name, string value) =>
        html.Append($"<div><dt>{name}</dt><dd>{value}</dd></div>\n");

    private static void Notices(StringBuilder html, RunReportInput input, MetricsHistory history)
    {
        var notices = new List<string>(input.Notices);
        var skipped = history.Steps.Where(step => step.IsSkipped).Select(step => step.Step).ToArray();
        if (skipped.Length > 0)
        {
            var shown = string.Join(", ", skipped.Take(MostSkippedShown));
            var more = skipped.Length > MostSkippedShown ? ", …" : "";
            notices.Add(
                $"Skipped for a gradient that was not finite: {skipped.Length} of {history.Steps.Count} steps "
                + $"({shown}{more}).");
        }

        if (history.UnreadableLines > 0)
        {
            notices.Add($"Lines of metrics.jsonl that could not be read: {history.UnreadableLines}.");
        }

        if (notices.Count > 0)
        {
            html.Append("<h2>Notices</h2>\n<ul class=\"notices\">\n");
            html.AppendJoin("", notices.Select(notice => $"<li>{Html.Text(notice)}</li>\n"));
            html.Append("</ul>\n");
        }
    }

    private static void Results(StringBuilder html, IReadOnlyList<TaskResult> results)
    {
        if (results.Count == 0)
        {
            return;
        }

        html.Append("<h2>Tasks</h2>\n<div class=\"table\"><table>\n<thead><tr><th>task</th><th>metric</th>");
        html.Append("<th>before</th><th>after</th><th>change</th><th>items</th></tr></thead>\n<tbody>\n");
        foreach (var result in results)
        {
            var change = result.After - result.Before;
            html.Append($"<tr><td>{Html.Text(result.Task)}</td><td>{Html.Text(result.Metric)}</td>");
            html.Append($"<td>{Html.Number(result.Before)}</td><td>{Html.Number(result.After)}</td>");
            html.Append($"<td>{(change > 0 ? "+" : "")}{Html.Number(change)}</td>");
            html.Append($"<td>{Html.Number(result.Items)}</td></tr>\n");
        }

        html.Append("</tbody>\n</table></div>\n");
    }

    private static void Loss(StringBuilder html, MetricsHistory history)
    {
        var loss = Series.Of(history.Steps, step => step.Step, step => step.Loss);
        var reach = Math.Max(1, history.Steps.Count / 40);
        var smooth = loss.Smooth(reach);
        var skipped = history.Steps.Where(step => step.IsSkipped).Select(step => (double)step.Step).ToArray();
        var chart = new LineChart
        {
            Title = $"Loss by step, last {Html.Number(loss.Last)}",
            Lines = [(loss, "raw"), (smooth, "main")],
            Width = 960,
            Height = 300,
            Marks = skipped,
        };
        html.Append($"<h2>Loss</h2>\n<figure class=\"wide\">{chart.Render()}<figcaption>Nats per supervised token of ");
        html.Append($"each step (thin), and the mean over {Html.Number((2 * reach) + 1)} steps around it");
        html.Append(skipped.Length > 0 ? "; ticks at the bottom are skipped steps.</figcaption>" : ".</figcaption>");
        html.Append("</figure>\n");
    }

    private static void SmallMultiples(StringBuilder html, MetricsHistory history)
    {
        html.Append("<h2>Over the steps</h2>\n<div class=\"small\">\n");
        Small(html, "Learning rate", Over(history, step => step.LearningRate));
        Small(html, "Gradient norm, before clipping", Over(history, step => step.GradientNorm));
        Small(html, "Tokens per second", Over(history, step => step.TokensPerSecond));
        if (history.Steps.Any(step => step.Load.Count > 0))
        {
            Small(html, "Load variation (deviation / mean)", Over(history, step => step.LoadVariation));
        }

        var losses = history.Steps.SelectMany(step => step.Auxiliary.Keys).Distinct(StringComparer.Ordinal);
        foreach (var name in losses.Order(StringComparer.Ordinal))
        {
            var series = Over(history, step => step.Auxiliary.GetValueOrDefault(name, double.NaN));
            Small(html, "Auxiliary loss " + name, series);
        }

        foreach (var task in history.Evaluations.GroupBy(evaluation => (evaluation.Task, evaluation.Metric)))
        {
            var series = Series.Of(task.ToArray(), evaluation => evaluation.Step, evaluation => evaluation.Value);
            Small(html, $"{task.Key.Task}, {task.Key.Metric}", series, isFromZero: false);
        }

        html.Append("</div>\n");
    }

    private static Series Over(MetricsHistory history, Func<StepMetrics, double> value) =>
        Series.Of(history.Steps, step => step.Step, value);

    private static void Small(StringBuilder html, string title, Series series, bool isFromZero = true)
    {
        if (series.IsEmpty)
        {
            return;
        }

        var chart = new LineChart
        {
            Title = $"{title}, last {Html.Number(series.Last)}",
            Lines = [(series, "main")],
            Width = SmallWidth,
            Height = SmallHeight,
            IsFromZero = isFromZero,
        };
        html.Append($"<figure><h3>{Html.Text(title)}</h3>{chart.Render()}</figure>\n");
    }

    private static void Load(StringBuilder html, MetricsHistory history)
    {
        if (LoadShares.Of(history.Steps) is not { } load)
        {
            return;
        }

        html.Append($"<h2>Expert load</h2>\n<figure class=\"wide\">{HeatMap.Render(load)}<figcaption>Percent of each ");
        html.Append($"site's rows that went to each expert, steps {Html.Number(load.FirstStep)} to ");
        html.Append($"{Html.Number(load.LastStep)}. ");
        html.Append("A site is a place in the backbone where a router decides; the darker a cell, the further the ");
        html.Append("expert is above an even share of its site.</figcaption></figure>\n");
    }
}
