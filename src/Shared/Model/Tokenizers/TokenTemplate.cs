namespace MoR.Model.Tokenizers;

/// <summary>The ids that post-processing puts around the tokens of a text.</summary>
internal sealed record TokenTemplate(int[] Before, int[] After)
{
    public static TokenTemplate Empty { get; } = new([], []);

    /// <summary>What comes of applying <paramref name="outer"/> to the result of this one.</summary>
    public TokenTemplate Within(TokenTemplate outer) =>
        new([.. outer.Before, .. Before], [.. After, .. outer.After]);
}
