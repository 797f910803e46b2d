namespace MoR.Model.Backbone;

/// <summary>Position interpolation: every frequency divided by the factor (Chen et al., arXiv 2306.15595).</summary>
/// <param name="Factor">By how much positions are squeezed; at least 1.</param>
public sealed record LinearRopeScaling(double Factor) : RopeScaling
{
    /// <inheritdoc/>
    public override string Text => $"linear {Factor:R}";

    /// <inheritdoc/>
    public override double Apply(double frequency) => frequency / Factor;
}
