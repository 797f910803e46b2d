using MoR.Cluster.Errors;

namespace MoR.Model.Tokenizers.Decoders;

/// <summary>The decoders of a file, one after the other; what they leave is joined.</summary>
/// <param name="stages">The decoders.</param>
/// <param name="separator">What stands between tokens: nothing, or a space for a file without decoder.</param>
/// <param name="subject">The file and the part, for the error about a text that grows without end.</param>
internal sealed class DecoderPipeline(TokenDecoder[] stages, string separator, string subject)
{
    public string Decode(List<string> tokens)
    {
        var before = TotalLength(tokens);
        foreach (var stage in stages)
        {
            tokens = stage.Decode(tokens);
            var after = TotalLength(tokens);
            if (GrowthLimit.IsExceeded(before, after))
            {
                throw new InputException(
                    subject,
                    $"it makes {after} characters of {before}, which is over {GrowthLimit.Description}",
                    "Use a tokenizer whose decoder does not multiply the text.");
            }
        }

        return string.Join(separator, tokens);
    }

    private static long TotalLength(List<string> tokens)
    {
        var total = 0L;
        foreach (var token in tokens)
        {
            total += token.Length;
        }

        return total;
    }
}
