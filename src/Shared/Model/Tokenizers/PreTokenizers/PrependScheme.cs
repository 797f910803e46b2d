namespace MoR.Model.Tokenizers.PreTokenizers;

/// <summary>Where Metaspace puts a space in front.</summary>
internal enum PrependScheme
{
    /// <summary>In front of every stretch of text, after added tokens too.</summary>
    Always,

    /// <summary>Only where the whole text starts.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}
