namespace MoR.Model.Tokenizers.Patterns;

/// <summary>The kinds of characters that the usual pre-tokenizer expressions tell apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>None of the others: punctuation, symbols, marks, controls.</summary>
    Other,

    /// <summary><c>\p{L}</c>.</summary>
    Letter,

    /// <summary><c>\p{N}</c>.</summary>
    Number,

    /// <summary>White space other than <see cref="LineEnd"/>.</summary>
    Space,

    /// <summary>Carriage return or line feed.</summary>
    LineEnd,
}
