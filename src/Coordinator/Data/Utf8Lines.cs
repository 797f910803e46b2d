using System.Text;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Data;

/// <summary>
/// Reads a UTF-8 text line by line, in constant memory but for the longest line. Lines end with LF or CR LF; a byte
/// order mark is skipped; bytes that are not UTF-8 are an error that names the line and the byte.
/// </summary>
public static class Utf8Lines
{
    /// <summary>Bytes that a line may have: beyond this, a file is taken for something else than text.</summary>
    public const int LongestLine = 1 << 28;

    private const int FirstBuffer = 1 << 16;
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of <paramref name="stream"/>; <paramref name="file"/> is its name for messages.</summary>
    /// <exception cref="InputException">Not UTF-8, or a line longer than <see cref="LongestLine"/>.</exception>
    public static IEnumerable<TextLine> Read(Stream stream, string file)
    {
        byte[] buffer = new byte[FirstBuffer];
        int start = 0, end = 0, searched = 0, number = 0;
        bool atEnd = false;
        while (true)
        {
            int length = Array.IndexOf(buffer, (byte)'\n', searched, end - searched) - start;
            if (length < 0 && !atEnd)
            {
                (buffer, start, end) = MakeRoom(buffer, start, end, new DataSource(file, number + 1));
                searched = end;
                int read = stream.Read(buffer, end, buffer.Length - end);
                end += read;
                atEnd = read == 0;
                continue;
            }

            bool isLast = length < 0;
            length = isLast ? end - start : length;
            if (isLast && length == 0)
            {
                yield break;
            }

            number++;
            yield return new TextLine(number, Decode(buffer.AsSpan(start, length), new DataSource(file, number)));
            start += length + 1;
            searched = start;
            if (isLast)
            {
                yield break;
            }
        }
    }

    /// <summary>The whole text of <paramref name="stream"/>, with its line ends as they are.</summary>
    /// <exception cref="InputException">Not UTF-8, or too long for memory.</exception>
    public static string ReadWhole(Stream stream, string file) =>
        Encoding.UTF8.GetString(Validate(Contents(stream, file), file).Span);

    /// <summary>All bytes of <paramref name="stream"/>.</summary>
    /// <exception cref="InputException">Too many for memory.</exception>
    public static ReadOnlyMemory<byte> Contents(Stream stream, string file)
    {
        if (stream.CanSeek && stream.Length > Array.MaxLength)
        {
            throw new InputException(
                file,
                $"{stream.Length} bytes that are read at once do not fit into memory (at most {Array.MaxLength})",
                "Split the file, or convert JSON to JSON Lines (format: jsonl).");
        }

        using var contents = new MemoryStream();
        stream.CopyTo(contents);
        return contents.GetBuffer().AsMemory(0, (int)contents.Length);
    }

    /// <summary>Checks a whole text at once and returns it without its byte order mark.</summary>
    /// <exception cref="InputException">Not UTF-8.</exception>
    public static ReadOnlyMemory<byte> Validate(ReadOnlyMemory<byte> text, string file)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text.Span))
        {
            int number = 0;
            ReadOnlySpan<byte> rest = text.Span;
            while (rest.Length > 0)
            {
                number++;
                int length = rest.IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = length < 0 ? rest : rest[..length];
                _ = Decode(line, new DataSource(file, number));
                rest = rest[Math.Min(rest.Length, line.Length + 1)..];
            }
        }

        return text.Span.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
    }

    private static (byte[] Buffer, int Start, int End) MakeRoom(byte[] buffer, int start, int end, DataSource source)
    {
        int used = end - start;
        if (used >= LongestLine)
        {
            throw source.Error(
                $"the line is longer than {LongestLine >> 20} MiB",
                "Check that the file is text with one row per line.");
        }

        byte[] target = used > buffer.Length / 2 ? new byte[buffer.Length * 2] : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, used);
        return (target, 0, used);
    }

    private static string Decode(ReadOnlySpan<byte> line, DataSource source)
    {
        if (source.Line == 1 && line.StartsWith(Encoding.UTF8.Preamble))
        {
            line = line[Encoding.UTF8.Preamble.Length..];
        }

        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException error)
        {
            string bytes = Convert.ToHexString(error.BytesUnknown ?? []);
            throw source.Error(
                $"byte {error.Index + 1} of the line is not UTF-8 (0x{bytes})",
                "Convert the file to UTF-8 (for example with iconv) and try again.",
                error);
        }
    }
}
