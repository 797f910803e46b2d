namespace MoR.Model.Tokenizers;

/// <summary>
/// A token that is found in the text itself, before the model sees it (an entry of <c>added_tokens</c>).
/// </summary>
/// <param name="Id">Its id in the vocabulary.</param>
/// <param name="Content">Its text, which decoding gives back.</param>
/// <param name="IsSpecial">Decoding may leave it out.</param>
/// <param name="IsNormalized">It is looked for in the normalised text, by its own normalised form.</param>
/// <param name="IsSingleWord">It is found only where no word character touches it.</param>
/// <param name="TakesSpaceBefore">White space before it belongs to it (<c>lstrip</c>).</param>
/// <param name="TakesSpaceAfter">White space after it belongs to it (<c>rstrip</c>).</param>
internal sealed record AddedToken(
    int Id,
    string Content,
    bool IsSpecial,
    bool IsNormalized,
    bool IsSingleWord,
    bool TakesSpaceBefore,
    bool TakesSpaceAfter);
