namespace MoR.Model.Backbone;

/// <summary>
/// Llama 3.1's scaling: frequencies whose wave length is below <c>OriginalPositions / HighFrequencyFactor</c> stay, those
/// above <c>OriginalPositions / LowFrequencyFactor</c> are divided by the factor, and between them the turns in the original
/// positions blend one into the other. Source: <c>apply_scaling</c> in Meta's llama-models and <c>rope_type: llama3</c> in
/// transformers (modeling_rope_utils), which agree.
/// </summary>
/// <param name="Factor">What the lowest frequencies are divided by; at least 1.</param>
/// <param name="LowFrequencyFactor">Turns in the original positions below which a frequency is low.</param>
/// <param name="HighFrequencyFactor">Turns in the original positions above which a frequency is high; above the low one.</param>
/// <param name="OriginalPositions">Positions that the backbone was first trained on.</param>
public sealed record Llama3RopeScaling(
    double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalPositions) : RopeScaling
{
    /// <inheritdoc/>
    public override string Text =>
        $"llama3 {Factor:R} {LowFrequencyFactor:R} {HighFrequencyFactor:R} {OriginalPositions}";

    /// <inheritdoc/>
    public override double Apply(double frequency)
    {
        var turns = OriginalPositions * frequency / (2 * Math.PI);
        var kept = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
        return ((1 - kept) * frequency / Factor) + (kept * frequency);
    }
}
