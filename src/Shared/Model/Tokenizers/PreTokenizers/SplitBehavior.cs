namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>What becomes of the delimiters that a text is split at; the names are those of the file.</summary>
internal enum SplitBehavior
{
    /// <summary>Every delimiter is a piece: a|-|b|-|-|c.</summary>
    Isolated,

    /// <summary>Delimiters are left out: a|b|c.</summary>
    Removed,

    /// <summary>A delimiter ends the piece before it: a-|b-|-|c.</summary>
    MergedWithPrevious,

    /// <summary>A delimiter starts the piece after it: a|-b|-|-c.</summary>
    MergedWithNext,

    /// <summary>Neighbouring delimiters are one piece: a|-|b|--|c.</summary>
    Contiguous,
}
