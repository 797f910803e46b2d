namespace MoR.Model.Adapters;

/// <summary>One trained matrix.</summary>
/// <param name="Name">Tensor name in <c>adapter.safetensors</c>.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns, contiguous in memory.</param>
/// <param name="Offset">First element in the flat parameter vector.</param>
/// <param name="Zero">True if it starts at zero, false if Kaiming-uniform with a = √5.</param>
public sealed record Parameter(string Name, int Rows, int Columns, long Offset, bool Zero)
{
    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;
}
