using System.Globalization;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Evaluation;

/// <summary>A file of token ids, separated by commas or white space.</summary>
internal static class TokenIdFile
{
    /// <summary>Reads the ids.</summary>
    /// <exception cref="InputException">The file cannot be read, or holds something that is not an id of the vocabulary.</exception>
    public static int[] Read(string path, int vocabularySize)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                path, $"it cannot be read ({cause.Message})", "Give a readable file of token ids, separated by commas.", cause);
        }

        return [.. text.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select((item, index) =>
            int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < vocabularySize
                ? id
                : throw new InputException(
                    path,
                    $"item {index + 1}, '{item[..Math.Min(item.Length, 20)]}', is not a token id from 0 to {vocabularySize - 1}",
                    "Correct the file: ids are whole numbers, separated by commas."))];
    }
}
