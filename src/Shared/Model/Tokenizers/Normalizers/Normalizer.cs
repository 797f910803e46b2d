namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>Rewrites a text before it is cut into pieces. Text in and out is well-formed UTF-16.</summary>
internal abstract class Normalizer
{
    public abstract string Normalize(string text);
}
