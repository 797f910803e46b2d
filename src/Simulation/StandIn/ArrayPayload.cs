using MoR.Cluster.Protocol;

namespace MoR.Simulation.StandIn;

/// <summary>A small tensor of f32 in an array.</summary>
internal sealed class ArrayPayload(float[] values, params long[] shape) : TensorPayload
{
    /// <summary>The values; reading what was disposed of is an error.</summary>
    public float[] Values => _values ?? throw new ObjectDisposedException(nameof(ArrayPayload));

    private float[]? _values = values;

    /// <inheritdoc/>
    public override IReadOnlyList<long> Shape => shape;

    /// <inheritdoc/>
    public override long Bytes { get; } = values.Length * sizeof(float);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _values = null;
}
