namespace MoR.Coordinator.Memory;

/// <summary>The largest micro-batch of some kind.</summary>
/// <param name="Sequences">Sequences in it.</param>
/// <param name="Longest">Tokens of each, counted as if all were as long as the longest.</param>
/// <param name="Rows">Rows whose logits are taken, over all sequences.</param>
internal readonly record struct PassSize(long Sequences, long Longest, long Rows)
{
    /// <summary>Tokens over all sequences.</summary>
    public long Tokens => Sequences * Longest;
}
