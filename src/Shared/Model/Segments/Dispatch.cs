using MoR.Model.Backbone;
using MoR.Torch;
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

    /// <summary>What the experts read: x, or x with some values dropped; [T, in]. Owned only with a mask.</summary>
    public Tensor Routed { get; set; } = null!;

    /// <summary>y = W₀x + Σ Δ of each linear, until the next segment takes them; [T, out].</summary>
    public Tensor[] Y { get; set; } = [];

    /// <summary>True if a gradient of y reaches a parameter.</summary>
    public bool Learns { get; set; }

    /// <summary>∂L/∂y of each linear; [T, out].</summary>
    public Tensor[] DY { get; set; } = [];

    /// <summary>∂L/∂x; [T, in].</summary>
    public Tensor? DX { get; set; }

    /// <summary>Shards whose parameter gradients are still to come.</summary>
    public int Outstanding { get; set; }

    /// <summary>Gives the memory of <see cref="Routed"/> back, where it is not x itself.</summary>
    public void DropRouted()
    {
        if (DropoutMask is not null)
        {
            TensorKernels.Current.DropValues(Routed);
        }
    }

    /// <summary>Computes it again from <paramref name="x"/>.</summary>
    public void RestoreRouted(Tensor x)
    {
        if (DropoutMask is not null)
        {
            TensorKernels.Current.TakeValues(Routed, x * DropoutMask);
        }
    }

    /// <summary>Hands over <see cref="Y"/>.</summary>
    public Tensor[] TakeY()
    {
        var y = Y;
        Y = [];
        return y;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in Shards)
        {
            shard.Dispose();
        }

        if (DropoutMask is not null)
        {
            Routed.Dispose();
        }

        DropoutMask?.Dispose();
        DX?.Dispose();
        foreach (var tensor in Y.Concat(DY))
        {
            tensor.Dispose();
        }
    }
}
