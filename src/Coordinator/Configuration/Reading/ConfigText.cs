using System.Text;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>Reads the text of a configuration file within fixed limits.</summary>
public static class ConfigText
{
    /// <summary>Largest file, in bytes.</summary>
    public const int MostBytes = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's text, without a byte order mark.</summary>
    /// <exception cref="InputException">The file is missing, unreadable, too large, or not UTF-8 text.</exception>
    public static string ReadFile(string path)
    {
        var bytes = ReadBytes(path);
        try
        {
            var text = StrictUtf8.GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException(path, $"byte {e.Index} is not UTF-8 text", "Save the file as UTF-8.", e);
        }
    }

    /// <summary>
    /// The index of the first character that YAML does not allow (1.2.2, production 1, c-printable), or -1. The parser
    /// would take the character 0 for the end of the file and drop what follows.
    /// </summary>
    public static int IndexOfUnprintable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (c is not ('\t' or '\n' or '\r' or '\u0085' or (>= ' ' and <= '~') or (>= '\u00A0' and <= '\uD7FF')
                or (>= '\uE000' and <= '\uFFFD')))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>
    /// The index of the first character that an escape can bring into a value and that neither paths nor UTF-8 can
    /// hold (zero, or half of a surrogate pair), or -1.
    /// </summary>
    public static int IndexOfUnstorable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] == '\0' || char.IsSurrogate(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var buffer = new byte[MostBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MostBytes
                ? buffer[..length]
                : throw new InputException(
                    path,
                    $"the file is larger than {MostBytes} bytes",
                    "Name a recipe or task file, not data; such files are a few kilobytes.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException(path, "the file does not exist", "Check the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            var problem = Directory.Exists(path) ? "this is a folder, expected a file" : "reading is not permitted";
            throw new InputException(path, problem, "Name a YAML file that can be read.", e);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new InputException(
                path, $"the file cannot be read ({e.Message})", "Name a YAML file that can be read.", e);
        }
    }
}
