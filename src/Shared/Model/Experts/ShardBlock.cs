using MoR.Model.Adapters;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>One shard's parameters as of a version, as a node holds them; owns their memory.</summary>
public sealed class ShardBlock : IDisposable
{
    private readonly Tensor _values;

    /// <param name="layout">The adapter's layout.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="version">The step whose commit made the parameters.</param>
    /// <param name="values">The shard's part of the flat vector; taken over, out of any dispose scope.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public ShardBlock(AdapterLayout layout, int shard, long version, Tensor values)
    {
        var first = layout.ShardOffsets[shard];
        if (values.numel() != layout.ShardOffsets[shard + 1] - first)
        {
            throw new ArgumentException(
                $"shard {shard} has {layout.ShardOffsets[shard + 1] - first} parameters, not {values.numel()}", nameof(values));
        }

        _values = values.DetachFromDisposeScope();
        (Shard, Version) = (shard, version);
        Parameters = new ShardParameters(layout, values, first);
    }

    /// <summary>The shard.</summary>
    public int Shard { get; }

    /// <summary>The step whose commit made the parameters.</summary>
    public long Version { get; }

    /// <summary>The parameters; valid until this is disposed of.</summary>
    public ShardParameters Parameters { get; }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();
}
