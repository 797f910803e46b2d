using System.Globalization;
using System.Numerics;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A whole number within a range, bounds included.</summary>
public sealed class WholeNumber<T>(T least, T most) : ValueKind<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    // Longer digit strings are out of every range; parsing them exactly would cost quadratic time.
    private const int MostDigits = 40;

    /// <inheritdoc/>
    public override string TypeName => "a whole number";

    /// <inheritdoc/>
    public override string Allowed => $"{least}..{most}";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out T value)
    {
        value = T.Zero;
        if (node is not ScalarNode { IsPlain: true } scalar || !IsDigits(scalar.Text))
        {
            return RefuseType(node, key, problems);
        }

        if (scalar.Text.Length > MostDigits)
        {
            return RefuseRange(node, key, problems);
        }

        var exact = BigInteger.Parse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exact < BigInteger.CreateChecked(least) || exact > BigInteger.CreateChecked(most))
        {
            return RefuseRange(node, key, problems);
        }

        value = T.CreateChecked(exact);
        return true;
    }

    /// <inheritdoc/>
    public override string Write(T value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static bool IsDigits(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') || text.StartsWith('+') ? 1 : 0);
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
