using System.Globalization;
using System.Text;

namespace MoR.Model.Tokenizers.Decoders;

/// <summary>
/// Reads runs of tokens such as <c>&lt;0xE2&gt;</c> as UTF-8. A run that is no UTF-8 becomes one U+FFFD for each byte.
/// </summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    private const string Replacement = "\uFFFD";

    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (var token in tokens)
        {
            if (TryReadByte(token, out var value))
            {
                run.Add(value);
                continue;
            }

            EndRun(run, result);
            result.Add(token);
        }

        EndRun(run, result);
        return result;
    }

    private static bool TryReadByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(
                token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    private static void EndRun(List<byte> run, List<string> result)
    {
        if (run.Count == 0)
        {
            return;
        }

        var bytes = run.ToArray();
        run.Clear();
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            result.Add(Encoding.UTF8.GetString(bytes));
        }
        else
        {
            result.AddRange(Enumerable.Repeat(Replacement, bytes.Length));
        }
    }
}
