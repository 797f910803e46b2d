namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>Operators between two values.</summary>
internal static class JinjaArithmetic
{
    /// <summary>The value of <c>left operator right</c>.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">The operator does not go with these values.</exception>
    public static object Apply(JinjaSource source, int line, string sign, object? left, object? right)
    {
        if (sign == "~" && JinjaValues.Text(left) is { } first && JinjaValues.Text(right) is { } second)
        {
            return first + second;
        }

        switch (sign, left, right)
        {
            case ("+", string a, string b):
                return a + b;
            case ("+", List<object?> a, List<object?> b):
                return a.Concat(b).ToList();
            case ("/" or "//" or "%", _, _) when JinjaValues.Number(right) == 0:
                throw source.Error(line, $"'{sign}' divides by 0");
        }

        if (sign != "/" && JinjaValues.Integer(left) is { } m && JinjaValues.Integer(right) is { } n)
        {
            return Whole(sign, m, n);
        }

        if (sign != "~" && JinjaValues.Number(left) is { } x && JinjaValues.Number(right) is { } y)
        {
            return sign switch
            {
                "+" => x + y,
                "-" => x - y,
                "*" => x * y,
                "/" => x / y,
                "//" => Math.Floor(x / y),
                _ => x - (y * Math.Floor(x / y)),
            };
        }

        throw source.Error(line, $"'{sign}' does not go with {JinjaValues.Kind(left)} and {JinjaValues.Kind(right)}");
    }

    /// <summary>Whether a comparison holds.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">The values cannot be compared so.</exception>
    public static bool Holds(JinjaSource source, int line, string comparison, object? left, object? right)
    {
        switch (comparison)
        {
            case "==":
                return JinjaValues.AreEqual(left, right);
            case "!=":
                return !JinjaValues.AreEqual(left, right);
            case "in" or "not in":
                var isIn = JinjaValues.Contains(right, left) ?? throw source.Error(
                    line, $"{JinjaValues.Kind(left)} cannot be looked for in {JinjaValues.Kind(right)}");
                return isIn == (comparison == "in");
        }

        var order = JinjaValues.Compare(left, right) ?? throw source.Error(
            line, $"'{comparison}' does not go with {JinjaValues.Kind(left)} and {JinjaValues.Kind(right)}");
        return comparison switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary>Whole numbers, divided as Python does: towards minus infinity.</summary>
    private static long Whole(string sign, long left, long right)
    {
        var quotient = sign is "//" or "%" && right != -1 ? Math.DivRem(left, right) : default;
        var isBelow = quotient.Remainder != 0 && (quotient.Remainder < 0) != (right < 0);
        return unchecked(sign switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "//" when right == -1 => -left,
            "//" => quotient.Quotient - (isBelow ? 1 : 0),
            _ => quotient.Remainder + (isBelow ? right : 0),
        });
    }
}
