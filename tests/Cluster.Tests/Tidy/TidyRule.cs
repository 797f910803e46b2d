using System.Text.RegularExpressions;

namespace MoR.Cluster.Tests.Tidy;

/// <summary>A line that matches <paramref name="Offence"/> in a file the rule applies to is a finding.</summary>
/// <param name="Offence">Matched against one line at a time.</param>
/// <param name="Applies">Given the path relative to the repository, with forward slashes.</param>
/// <param name="Message">What is wrong and what to do instead.</param>
/// <param name="InComments">Whether C#'s comments count.</param>
internal sealed partial record TidyRule(
    string Offence, Predicate<string> Applies, string Message, bool InComments = false)
{
    private readonly Regex _offence = new(Offence, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>Findings in the form of a compiler's messages, which editors turn into links.</summary>
    public IEnumerable<string> Check(string path, string[] lines)
    {
        if (!Applies(path))
            yield break;
        bool withComments = InComments || !path.EndsWith(".cs", StringComparison.Ordinal);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = withComments ? lines[i] : Comment().Replace(lines[i], "");
            if (_offence.IsMatch(line))
                yield return $"{path}:{i + 1}: {Message}";
        }
    }

    // A URL's slashes follow a colon.
    [GeneratedRegex("(?<!:)//.*$", RegexOptions.None, 1000)]
    private static partial Regex Comment();
}
