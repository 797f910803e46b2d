namespace MoR.Model.Optimisation;

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum DecayShape
{
    /// <summary>Half a cosine (Loshchilov and Hutter 2016, without restarts).</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>It does not fall.</summary>
    Constant,
}
