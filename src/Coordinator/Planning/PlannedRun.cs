using MoR.Coordinator.Configuration;
using MoR.Coordinator.Memory;
using MoR.Coordinator.Training;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Torch;

namespace MoR.Coordinator.Planning;

/// <summary>What a step has to do: backbone, adapter and batch.</summary>
internal sealed record PlannedRun
{
    /// <summary>The backbone.</summary>
    public required LlamaConfig Config { get; init; }

    /// <summary>The adapter.</summary>
    public required AdapterSpec Spec { get; init; }

    /// <summary>How rows travel.</summary>
    public required WireType Wire { get; init; }

    /// <summary>Micro-batches of a step.</summary>
    public required int MicroBatches { get; init; }

    /// <summary>Sequences of a micro-batch, on average.</summary>
    public required double Sequences { get; init; }

    /// <summary>Tokens of a sequence, on average.</summary>
    public required double Length { get; init; }

    /// <summary>Micro-batches in flight.</summary>
    public required int Window { get; init; }

    /// <summary>Holders of each shard.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Bytes of a frozen weight in memory.</summary>
    public int WeightBytes { get; init; } = 4;

    /// <summary>Share of tokens whose logits are taken.</summary>
    public double SupervisedShare { get; init; } = 1;

    /// <summary>Whether attention is computed again.</summary>
    public bool Recompute { get; init; }

    /// <summary>Tokens of a micro-batch.</summary>
    public double MicroBatchTokens => Sequences * Length;

    /// <summary>Tokens of a step.</summary>
    public double Tokens => MicroBatches * MicroBatchTokens;

    /// <summary>Micro-batches that are in memory together.</summary>
    public int InFlight => Math.Min(Window, MicroBatches);

    /// <summary>Rows of a token that go to nodes and come back.</summary>
    public TokenTraffic Traffic => TokenTraffic.Of(Config, Spec, Wire);

    /// <summary>The longest micro-batch, taken as the mean one.</summary>
    public PassSize Size => new(
        (long)Math.Ceiling(Sequences), (long)Math.Ceiling(Length), (long)Math.Ceiling(MicroBatchTokens * SupervisedShare));

    /// <summary>A recipe's step.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="config">The backbone.</param>
    /// <param name="length">Tokens of a sequence, on average.</param>
    /// <param name="supervised">Share of tokens whose logits are taken.</param>
    public static PlannedRun Of(Recipe recipe, LlamaConfig config, double length, double supervised) => new()
    {
        Config = config,
        Spec = AdapterSpecs.Of(recipe, config),
        Wire = recipe.Numerics.Wire,
        MicroBatches = recipe.Training.MicroBatchesPerStep,
        Sequences = (double)recipe.Training.BatchSequences / recipe.Training.MicroBatchesPerStep,
        Length = length,
        Window = recipe.Training.Window,
        Replicas = recipe.Cluster.Replicas,
        WeightBytes = recipe.Backbone.Dtype switch
        {
            RecipeDtype.BF16 => 2,
            RecipeDtype.F64 => 8,
            _ => 4,
        },
        SupervisedShare = supervised,
        Recompute = recipe.Training.Recompute,
    };
}
