using System.Text;
using MoR.Model.Tokenizers.Patterns;

namespace MoR.Model.Tokenizers.Normalizers;

/// <summary>Removes marks (general category M); composed characters keep theirs, so files put NFD before it.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override string Normalize(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!CharacterClasses.IsMark(rune))
            {
                result.Append(rune);
            }
        }

        return result.ToString();
    }
}
