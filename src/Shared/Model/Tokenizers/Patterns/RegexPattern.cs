using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers.Json;

namespace MoR.Model.Tokenizers.Patterns;

/// <summary>
/// A regular expression of the file. .NET matches UTF-16 units where Oniguruma matches code points, so characters
/// beyond U+FFFF are matched by stand-ins: for each a character of the same general category that is one unit long.
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    /// <summary>The most time that one match may take, since an expression may need exponential time.</summary>
    private static readonly TimeSpan MostMatchTime = TimeSpan.FromSeconds(1);

    private readonly string subject;
    private readonly string quote;
    private readonly Regex regex;

    private RegexPattern(JsonPart part, Regex regex) =>
        (subject, quote, this.regex) = (part.Subject, part.Quote(), regex);

    /// <param name="part">The expression, a string of the file.</param>
    public static TextPattern Read(JsonPart part)
    {
        var expression = part.Text();
        switch (expression)
        {
            case Gpt2Pattern.Expression:
                return new Gpt2Pattern();
            case Cl100kPattern.WithThreeDigits:
                return new Cl100kPattern(mostDigits: 3);
            case Cl100kPattern.WithOneDigit:
                return new Cl100kPattern(mostDigits: 1);
            default:
                return Translate(part, expression);
        }
    }

    public override void FindAll(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        try
        {
            if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                FindByStandIns(text, matches);
            }
            else
            {
                Find(text, matches);
            }
        }
        catch (RegexMatchTimeoutException cause)
        {
            throw new InputException(
                subject,
                $"the expression {quote} needed more than {MostMatchTime.TotalSeconds:0} s for one match",
                "Use a tokenizer whose expression does not need exponential time.", cause);
        }
    }

    private static RegexPattern Translate(JsonPart part, string expression)
    {
        try
        {
            const RegexOptions options = RegexOptions.CultureInvariant | RegexOptions.Multiline;
            return new RegexPattern(part, new Regex(OnigurumaSyntax.ToDotNet(expression), options, MostMatchTime));
        }
        catch (Exception cause)
            when (cause is FormatException or ArgumentException or InsufficientExecutionStackException)
        {
            throw part.Error(
                $"the expression {part.Quote()} cannot be used: {cause.Message.TrimEnd('.')}",
                JsonPart.Unsupported,
                cause);
        }
    }

    internal static char StandIn(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter => '\uA640',
        UnicodeCategory.LowercaseLetter => '\uA641',
        UnicodeCategory.TitlecaseLetter => '\u1F88',
        UnicodeCategory.ModifierLetter => '\uA015',
        UnicodeCategory.OtherLetter => '\uA000',
        UnicodeCategory.NonSpacingMark => '\uA66F',
        UnicodeCategory.SpacingCombiningMark => '\uA823',
        UnicodeCategory.EnclosingMark => '\uA670',
        UnicodeCategory.DecimalDigitNumber => '\uA620',
        UnicodeCategory.LetterNumber => '\uA6E6',
        UnicodeCategory.OtherNumber => '\uA830',
        UnicodeCategory.ConnectorPunctuation => '\uFE33',
        UnicodeCategory.DashPunctuation => '\uFE58',
        UnicodeCategory.OpenPunctuation => '\uFE59',
        UnicodeCategory.ClosePunctuation => '\uFE5A',
        UnicodeCategory.InitialQuotePunctuation => '\u2E02',
        UnicodeCategory.FinalQuotePunctuation => '\u2E03',
        UnicodeCategory.OtherPunctuation => '\uA60E',
        UnicodeCategory.MathSymbol => '\u2A00',
        UnicodeCategory.CurrencySymbol => '\uA838',
        UnicodeCategory.ModifierSymbol => '\uA700',
        UnicodeCategory.OtherSymbol => '\uA490',
        UnicodeCategory.Format => '\u2061',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\uFFFE',
    };

    private void Find(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        var end = -1;
        foreach (var match in regex.EnumerateMatches(text))
        {
            // Oniguruma's iteration gives no empty match where the one before it ended.
            if (match.Length == 0 && match.Index == end)
            {
                continue;
            }

            end = match.Index + match.Length;
            matches.Add(new TextMatch(match.Index, end));
        }
    }

    private void FindByStandIns(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        var standIns = new char[text.Length];
        var starts = new int[text.Length + 1];
        var count = 0;
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            standIns[count] = rune.IsBmp ? (char)rune.Value : StandIn(rune);
            starts[count++] = position;
            position += rune.Utf16SequenceLength;
        }

        starts[count] = position;
        var first = matches.Count;
        Find(standIns.AsSpan(0, count), matches);
        for (var index = first; index < matches.Count; index++)
        {
            matches[index] = new TextMatch(starts[matches[index].Start], starts[matches[index].End]);
        }
    }
}
