namespace MoR.Model.Tests.Reference;

/// <summary>Comparisons that say where two results differ most.</summary>
internal static class Agreement
{
    /// <summary>Fails if two values differ by more than <paramref name="tolerance"/>.</summary>
    public static void Within(double tolerance, double[][] expected, double[][] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var row = 0; row < expected.Length; row++)
        {
            Within(tolerance, expected[row], actual[row], $"{what}, row {row}");
        }
    }

    /// <summary>Fails if two values differ by more than <paramref name="tolerance"/>.</summary>
    public static void Within(double tolerance, double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R} within {tolerance}");
        }
    }
}
