using MoR.Model.Backbone;

namespace MoR.Model.Adapters;

/// <summary>The LoRA experts of an adapter (Hu et al. 2021).</summary>
public sealed record ExpertSpec
{
    /// <summary>Experts of each layer; [layers].</summary>
    public required IReadOnlyList<int> CountPerLayer { get; init; }

    /// <summary>Rank r.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>α; a LoRA product is scaled by α/r.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Share of the experts' input that is dropped while training.</summary>
    public double Dropout { get; init; }

    /// <summary>Which linears have experts, in the backbone's order.</summary>
    public required IReadOnlyList<Linear> Targets { get; init; }

    /// <summary>Number of shards. Expert e of every layer belongs to shard e mod <see cref="Shards"/>.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>α/r.</summary>
    public double Scale => Alpha / Rank;
}
