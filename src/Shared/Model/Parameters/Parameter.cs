namespace MoR.Model.Parameters;

/// <summary>One trained matrix or vector.</summary>
/// <param name="Name">Tensor name in files.</param>
/// <param name="Shape">[rows, columns], or [columns] for a vector; contiguous in memory.</param>
/// <param name="Offset">First element in the flat parameter vector.</param>
/// <param name="Initial">What a run starts from.</param>
public sealed record Parameter(string Name, long[] Shape, long Offset, InitialValue Initial)
{
    /// <summary>Rows; 1 for a vector.</summary>
    public int Rows => Shape.Length == 1 ? 1 : (int)Shape[0];

    /// <summary>Columns.</summary>
    public int Columns => (int)Shape[^1];

    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;

    /// <summary>The shape in words, for messages.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
