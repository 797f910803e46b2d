namespace MoR.Coordinator.Configuration;

/// <summary>The LoRA experts: y = W₀x + Σ_e gate_e · (alpha / rank) · B_e A_e x.</summary>
public sealed record RecipeExperts
{
    /// <summary>The backbone's linears that can have experts, in the order in which a block uses them.</summary>
    public static readonly ItemList<string> AllTargets =
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>The most experts of one layer.</summary>
    public const int MostExperts = 1024;

    /// <summary>The largest rank.</summary>
    public const int MostRank = 4096;

    public required LayerNumbers Count { get; init; }

    public required LayerNumbers Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>Fraction of an expert's inputs that is dropped in training, 0 up to but not including 1.</summary>
    public required double Dropout { get; init; }

    /// <summary>A selection of <see cref="AllTargets"/>, without duplicates.</summary>
    public required ItemList<string> Targets { get; init; }

    /// <summary>Fixed sets that the experts of every layer are divided into, however many nodes there are.</summary>
    public required int Shards { get; init; }
}
