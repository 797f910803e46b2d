using MoR.Cluster.Errors;

namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>The normalizers of a file, one after the other.</summary>
/// <param name="stages">None where the file has none.</param>
/// <param name="subject">The file and the part, for the error about a text that grows without end.</param>
internal sealed class NormalizerPipeline(Normalizer[] stages, string subject)
{
    public string Normalize(string text)
    {
        var result = text;
        foreach (var stage in stages)
        {
            result = stage.Normalize(result);
            if (GrowthLimit.IsExceeded(text.Length, result.Length))
            {
                throw new InputException(
                    subject,
                    $"it makes {result.Length} characters of {text.Length}, which is over {GrowthLimit.Description}",
                    "Use a tokenizer whose normalizer does not multiply the text.");
            }
        }

        return result;
    }
}
