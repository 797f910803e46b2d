namespace MoR.Torch;

/// <summary>Causal grouped-query attention of sequences that lie end to end.</summary>
/// <param name="Starts">Where each sequence begins, and the number of rows T at the end; [sequences + 1].</param>
/// <param name="Heads">Query heads H.</param>
/// <param name="Groups">Key/value heads G, a divisor of H.</param>
/// <param name="Width">Width of a head C.</param>
/// <param name="Window">How many keys a query sees at most, its own included; null for all before it.</param>
public readonly record struct AttentionShape(int[] Starts, int Heads, int Groups, int Width, int? Window)
{
    /// <summary>Number of sequences.</summary>
    public int Sequences => Starts.Length - 1;
}
