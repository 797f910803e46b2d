using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>One dispatch point of one micro-batch: what was asked of the shards, and the sums that come of it.</summary>
internal sealed class Dispatch(DispatchPoint point) : IDisposable
{
    /// <summary>Where.</summary>
    public DispatchPoint Point { get; } = point;

    /// <summary>What each shard was asked, in shard order.</summary>
    public List<ShardDispatch> Shards { get; set; } = [];

    /// <summary>1/(1−p) where the experts' input was kept, 0 where it was dropped; [T, in], or null without dropout.</summary>
    public Tensor? DropoutMask { get; set; }

    /// <summary>y = W₀x + Σ Δ of each linear; [T, out].</summary>
    public Tensor[] Y { get; set; } = [];

    /// <summary>True if a gradient of y reaches a parameter.</summary>
    public bool Learns { get; set; }

    /// <summary>∂L/∂y of each linear; [T, out].</summary>
    public Tensor?[] DY { get; set; } = [];

    /// <summary>∂L/∂x; [T, in].</summary>
    public Tensor? DX { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in Shards)
        {
            shard.Dispose();
        }

        DropoutMask?.Dispose();
        DX?.Dispose();
        foreach (var tensor in Y.Concat(DY))
        {
            tensor?.Dispose();
        }
    }
}
