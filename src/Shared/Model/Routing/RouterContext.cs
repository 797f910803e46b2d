using MoR.Cluster.Random;
using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>What a router sees at one site of one micro-batch. T rows, D wide.</summary>
public sealed record RouterContext
{
    /// <summary>Below every score, so that a softmax gives exactly 0; finite, so that a weight of 0 times it is 0.</summary>
    public const double Absent = -1e30;

    /// <summary>The activation that is routed; [T, D], with its autograd history.</summary>
    public required Tensor X_TD { get; init; }

    /// <summary>The site's weights stacked in the order of <see cref="IRouter.Weights"/>; [Z, D], a leaf.</summary>
    public required Tensor Weights_ZD { get; init; }

    /// <summary>x · weightsᵀ, computed once for all routers that share the input; [T, Z].</summary>
    public required Tensor Scores_TZ { get; init; }

    /// <summary>Experts of the layer.</summary>
    public required int Experts { get; init; }

    /// <summary>What is added to scores so that only experts that are there can be chosen: 0, or <see cref="Absent"/> for those
    /// of a masked shard; [E], or null if all are there.</summary>
    public Tensor? Absence_E { get; init; }

    /// <summary>The dispatch point at which the decision is made.</summary>
    public required DispatchPoint Point { get; init; }

    /// <summary>Where the sequences begin, and T at the end.</summary>
    public required IReadOnlyList<int> SequenceStarts { get; init; }

    /// <summary>Optimiser step from 1; 0 outside training.</summary>
    public required long Step { get; init; }

    /// <summary>False in evaluation and generation.</summary>
    public required bool Training { get; init; }

    /// <summary>A stream of random numbers of its own per (step, micro-batch, site).</summary>
    public required Func<CounterRandom> Random { get; init; }

    /// <summary>The task of each sequence, if the traits ask for it.</summary>
    public IReadOnlyList<int>? TaskIds { get; init; }

    /// <summary>Mean embedding of each sequence's prompt, which no later token changes; [sequences, D], without history, if
    /// the traits ask for it.</summary>
    public Tensor? SequenceEmbedding_SD { get; init; }

    /// <summary>Attention probabilities of the block, one [heads, queries, keys] per sequence, without history, if the
    /// traits ask for it and the site lies after the attention.</summary>
    public IReadOnlyList<Tensor>? AttentionProbabilities { get; init; }

    /// <summary>Router state as of the last committed step, such as counters and codebooks.</summary>
    public required IReadOnlyDictionary<string, Tensor> State { get; init; }

    /// <summary>Scores of experts, [.., E], with those that are not there below all others. Before a softmax, and once only.</summary>
    public Tensor Present(Tensor scores_E) => Absence_E is null ? scores_E : scores_E + Absence_E;
}
