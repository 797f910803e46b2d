using System.Text;

namespace MoR.Coordinator.Reports;

/// <summary>The experts' loads as an SVG element: a row per site, a column per expert, darker for more.</summary>
internal static class HeatMap
{
    private const double Width = 960;
    private const double LabelWidth = 250;
    private const double Header = 22;
    private const double WidestCell = 72;
    private const int MostColumnsWithText = 16;
    private const int MostLabelCharacters = 36;

    public static string Render(LoadShares load)
    {
        var columns = load.Sites.Max(site => site.Value.Length);
        var cell = Math.Min((Width - LabelWidth) / columns, WidestCell);
        var row = load.Sites.Count > 60 ? 12.0 : 20.0;
        var hasText = columns <= MostColumnsWithText && row >= 20;
        var greatest = load.Sites.Max(site => site.Value.Max() * site.Value.Length);
        var height = Header + (row * load.Sites.Count) + 2;
        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Html.At(Width)} {Html.At(height)}\" role=\"img\">");
        svg.Append("<title>Share of rows by site and expert</title>");
        for (var expert = 0; expert < columns; expert += columns > 32 ? 4 : 1)
        {
            var x = LabelWidth + ((expert + 0.5) * cell);
            svg.Append($"<text class=\"middle\" x=\"{Html.At(x)}\" y=\"14\">{expert}</text>");
        }

        for (var i = 0; i < load.Sites.Count; i++)
        {
            var y = Header + (i * row);
            var (site, shares) = load.Sites[i];
            svg.Append($"<text class=\"end\" x=\"{LabelWidth - 8}\" y=\"{Html.At(y + (row * 0.7))}\">");
            svg.Append(Html.Text(Shortened(site))).Append("</text>");
            for (var expert = 0; expert < shares.Length; expert++)
            {
                var strength = shares.Length * shares[expert] / greatest;
                var box = (LabelWidth + (expert * cell), y, cell, row);
                Cell(svg, $"{site}, expert {expert}", shares[expert], strength, box, hasText);
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static void Cell(
        StringBuilder svg,
        string name,
        double share,
        double strength,
        (double X, double Y, double Width, double Height) box,
        bool hasText)
    {
        svg.Append($"<g><title>{Html.Text(name)}: {Html.Percent(share)}</title>");
        svg.Append($"<rect class=\"cell\" x=\"{Html.At(box.X)}\" y=\"{Html.At(box.Y)}\" ");
        svg.Append($"width=\"{Html.At(box.Width - 2)}\" height=\"{Html.At(box.Height - 2)}\" ");
        svg.Append($"fill-opacity=\"{Html.At(0.04 + (0.9 * strength))}\"/>");
        if (hasText)
        {
            var style = strength > 0.6 ? "middle inverse" : "middle strong";
            svg.Append($"<text class=\"{style}\" x=\"{Html.At(box.X + (box.Width / 2) - 1)}\" ");
            svg.Append($"y=\"{Html.At(box.Y + (box.Height * 0.65))}\">{Html.At(Math.Round(share * 100, 1))}</text>");
        }

        svg.Append("</g>");
    }

    /// <summary>The end of a site's name tells more than its beginning.</summary>
    private static string Shortened(string site) =>
        site.Length <= MostLabelCharacters ? site : "…" + site[^(MostLabelCharacters - 1)..];
}
