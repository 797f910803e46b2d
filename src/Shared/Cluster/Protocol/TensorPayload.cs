namespace MoR.Cluster.Protocol;

/// <summary>
/// A tensor on its way between coordinator and shard. In process it wraps the tensor itself and nothing is copied; on a
/// link it is the frames that were received. The cluster layer never looks inside.
/// </summary>
public abstract class TensorPayload : IDisposable
{
    /// <summary>Sizes of the dimensions, outermost first.</summary>
    public abstract IReadOnlyList<long> Shape { get; }

    /// <summary>Size of the tensor in bytes, row-major and without gaps.</summary>
    public abstract long Bytes { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the payload owns.</summary>
    /// <param name="disposing">Always true: payloads have no finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
