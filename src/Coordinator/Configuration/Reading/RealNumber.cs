using System.Globalization;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A finite number within a range.</summary>
/// <param name="least">The lower bound.</param>
/// <param name="most">The upper bound.</param>
/// <param name="aboveLeast">Whether the lower bound itself is not allowed.</param>
/// <param name="belowMost">Whether the upper bound itself is not allowed.</param>
public sealed class RealNumber(double least, double most, bool aboveLeast = false, bool belowMost = false)
    : ValueKind<double>
{
    private const NumberStyles Styles =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <inheritdoc/>
    public override string TypeName => "a number";

    /// <inheritdoc/>
    public override string Allowed =>
        $"{(aboveLeast ? "above" : "from")} {Write(least)} {(belowMost ? "to below" : "to")} {Write(most)}";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out double value)
    {
        value = 0;
        if (node is not ScalarNode { IsPlain: true } scalar
            || !double.TryParse(scalar.Text, Styles, CultureInfo.InvariantCulture, out var number)
            || double.IsNaN(number))
        {
            return RefuseType(node, key, problems);
        }

        var inRange = (aboveLeast ? number > least : number >= least) && (belowMost ? number < most : number <= most);
        if (!inRange)
        {
            return RefuseRange(node, key, problems);
        }

        // Adding zero turns -0 into 0, so that equal recipes are written equally.
        value = number + 0.0;
        return true;
    }

    /// <inheritdoc/>
    public override string Write(double value) =>
        value.ToString("R", CultureInfo.InvariantCulture)
            .Replace("E-0", "e-", StringComparison.Ordinal)
            .Replace('E', 'e');
}
