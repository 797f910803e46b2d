namespace MoR.Model.Tokenizers.Decoders;

/// <summary>Removes up to so many copies of a character from the start and the end of every token.</summary>
internal sealed class StripDecoder(string character, int mostAtStart, int mostAtEnd) : TokenDecoder
{
    public override List<string> Decode(List<string> tokens) => tokens.ConvertAll(Strip);

    private string Strip(string token)
    {
        var rest = token.AsSpan();
        for (var count = 0; count < mostAtStart && rest.StartsWith(character, StringComparison.Ordinal); count++)
        {
            rest = rest[character.Length..];
        }

        for (var count = 0; count < mostAtEnd && rest.EndsWith(character, StringComparison.Ordinal); count++)
        {
            rest = rest[..^character.Length];
        }

        return rest.Length == token.Length ? token : rest.ToString();
    }
}
