namespace MoR.Coordinator.Generation;

/// <summary>How the next token is chosen.</summary>
public sealed record SamplingOptions
{
    /// <summary>At most this many new tokens.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>0 takes the likeliest token; otherwise logits are divided by it before sampling.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples among the likeliest tokens whose probabilities add up to this (Holtzman et al. 2019).</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of the sampling.</summary>
    public ulong Seed { get; init; }

    /// <summary>A token that stops as the end of a text does: that which ends an answer of a chat. Null for none.</summary>
    public int? EndOfAnswer { get; init; }

    /// <summary>Stops before the first line end.</summary>
    public bool StopAtLineEnd { get; init; }
}
