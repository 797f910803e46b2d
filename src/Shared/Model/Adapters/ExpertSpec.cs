using MoR.Model.Backbone;

namespace MoR.Model.Adapters;

/// <summary>The LoRA experts of an adapter (Hu et al. 2021).</summary>
public sealed record ExpertSpec
{
    /// <summary>Experts of each layer; [layers].</summary>
    public required IReadOnlyList<int> CountPerLayer { get; init; }

    /// <summary>Rank r of each layer's experts; [layers].</summary>
    public required IReadOnlyList<int> RankPerLayer { get; init; }

    /// <summary>
    /// α, the same in every layer; a LoRA product is scaled by α/r with its layer's r. Under Adam the first updates of B
    /// move a product by about α times the learning rate, whatever r is, so ranks can differ without another learning rate
    /// (Hu et al. 2021, section 4.1, keep α for the same reason; PEFT's rank_pattern means the same).
    /// </summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Share of the experts' input that is dropped while training.</summary>
    public double Dropout { get; init; }

    /// <summary>Which linears have experts, in the backbone's order.</summary>
    public required IReadOnlyList<Linear> Targets { get; init; }

    /// <summary>Number of shards. Expert e of every layer belongs to shard e mod <see cref="Shards"/>.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Experts of a layer that are in none of some shards.</summary>
    public int CountWithout(int layer, IReadOnlyList<int> shards) =>
        Enumerable.Range(0, CountPerLayer[layer]).Count(expert => !shards.Contains(expert % Shards));

    /// <summary>α/r of a layer.</summary>
    public double Scale(int layer) => Alpha / RankPerLayer[layer];
}
