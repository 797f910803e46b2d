namespace MoR.Model.Optimisation;

/// <summary>Constants of AdamW and of gradient clipping.</summary>
public sealed record AdamWOptions
{
    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay, times the learning rate.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest global gradient norm; a larger gradient is scaled down to it. 0 turns clipping off.</summary>
    public double ClipNorm { get; init; }
}
