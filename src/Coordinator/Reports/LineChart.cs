using System.Text;

namespace MoR.Coordinator.Reports;

/// <summary>A line chart over steps as an SVG element.</summary>
internal sealed record LineChart
{
    private const double Left = 58;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 24;
    private const int MostBuckets = 400;

    /// <summary>What is drawn, for readers without eyes on it and as a tooltip.</summary>
    public required string Title { get; init; }

    /// <summary>Lines, each with its CSS class.</summary>
    public required IReadOnlyList<(Series Series, string Style)> Lines { get; init; }

    public required double Width { get; init; }

    public required double Height { get; init; }

    /// <summary>Whether the vertical axis starts at zero.</summary>
    public bool IsFromZero { get; init; }

    /// <summary>Steps marked at the horizontal axis.</summary>
    public IReadOnlyList<double> Marks { get; init; } = [];

    public string Render()
    {
        var lines = Lines.Select(line => (Series: line.Series.Thin(MostBuckets), line.Style)).ToArray();
        var values = lines.SelectMany(line => line.Series.Values);
        var vertical = Scale.Over(IsFromZero ? values.Append(0) : values, Height > 200 ? 5 : 3);
        var horizontal = Scale.Over(
            lines.SelectMany(line => line.Series.Steps).Concat(Marks), Width > 500 ? 8 : 4, isTight: true);
        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Html.At(Width)} {Html.At(Height)}\" role=\"img\">");
        svg.Append($"<title>{Html.Text(Title)}</title>");
        Axes(svg, horizontal, vertical);
        foreach (var mark in Marks)
        {
            var x = X(horizontal, mark);
            svg.Append($"<path class=\"mark\" d=\"M{Html.At(x)} {Html.At(Height - Bottom)}v-8\"/>");
        }

        foreach (var (series, style) in lines)
        {
            svg.Append($"<path class=\"{style}\" d=\"{Path(series, horizontal, vertical)}\"/>");
        }

        return svg.Append("</svg>").ToString();
    }

    private void Axes(StringBuilder svg, Scale horizontal, Scale vertical)
    {
        foreach (var tick in vertical.Ticks)
        {
            var y = Y(vertical, tick);
            svg.Append($"<path class=\"grid\" d=\"M{Html.At(Left)} {Html.At(y)}H{Html.At(Width - Right)}\"/>");
            Label(svg, "end", Left - 6, y + 4, tick);
        }

        foreach (var tick in horizontal.Ticks.Where(tick => tick == Math.Floor(tick)))
        {
            Label(svg, "middle", X(horizontal, tick), Height - 6, tick);
        }
    }

    private static void Label(StringBuilder svg, string style, double x, double y, double value) =>
        svg.Append($"<text class=\"{style}\" x=\"{Html.At(x)}\" y=\"{Html.At(y)}\">{Html.Number(value)}</text>");

    private string Path(Series series, Scale horizontal, Scale vertical)
    {
        var path = new StringBuilder();
        var isDrawing = false;
        for (var i = 0; i < series.Values.Count; i++)
        {
            if (!double.IsFinite(series.Values[i]))
            {
                isDrawing = false;
                continue;
            }

            var x = Html.At(X(horizontal, series.Steps[i]));
            var y = Html.At(Y(vertical, series.Values[i]));

            // A lone point is drawn as a dot by the round ends of a line to itself.
            path.Append(isDrawing ? $"L{x} {y}" : $"M{x} {y}L{x} {y}");
            isDrawing = true;
        }

        return path.Length > 0 ? path.ToString() : "M0 0";
    }

    private double X(Scale scale, double step) => Left + (scale.Place(step) * (Width - Left - Right));

    private double Y(Scale scale, double value) => Height - Bottom - (scale.Place(value) * (Height - Top - Bottom));
}
