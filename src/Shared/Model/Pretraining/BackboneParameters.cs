using MoR.Model.Backbone;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Model.Pretraining;

/// <summary>A backbone that is being trained: all its parameters in one vector.</summary>
public sealed class BackboneParameters : IDisposable
{
    /// <summary>All zeros.</summary>
    public BackboneParameters(BackboneLayout layout, ScalarType dtype, Device device)
    {
        Layout = layout;
        Vector = new ParameterVector(layout, dtype, device);
        Rotary = new RotaryEmbedding(layout.Config.HeadSize, layout.Config.RopeTheta, layout.Config.RopeScaling, dtype, device);
    }

    /// <summary>Where each tensor lies.</summary>
    public BackboneLayout Layout { get; }

    /// <summary>The values; read only by everyone but the step's commit.</summary>
    public ParameterVector Vector { get; }

    /// <summary>The architecture.</summary>
    public LlamaConfig Config => Layout.Config;

    internal RotaryEmbedding Rotary { get; }

    /// <inheritdoc/>
    public void Dispose() => Vector.Dispose();
}
