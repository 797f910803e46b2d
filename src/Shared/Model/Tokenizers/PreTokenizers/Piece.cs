namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>A stretch of text on its way to the model, never empty.</summary>
/// <param name="Text">The string it is a part of.</param>
/// <param name="Start">Where it starts there.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="IsFirst">It starts where the text given to the tokenizer starts.</param>
internal readonly record struct Piece(string Text, int Start, int Length, bool IsFirst)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);
}
