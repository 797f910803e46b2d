using MoR.Engine;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>What one micro-batch adds to its step.</summary>
public sealed class MicroBatchDelta(ParameterVector gradient) : IMicroBatchDelta
{
    /// <summary>∂L/∂parameters, where L is the step's loss.</summary>
    public ParameterVector Gradient { get; } = gradient;

    /// <summary>Shards that it did without, whose gradient is zero for that reason; the same for all of a step.</summary>
    public IReadOnlyList<int> MaskedShards { get; init; } = [];

    /// <summary>This micro-batch's part of the step's mean negative log-likelihood per predicted token, in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>This micro-batch's part of each auxiliary loss, by name, before its coefficient.</summary>
    public required IReadOnlyDictionary<string, double> AuxiliaryLosses { get; init; }

    /// <summary>Router state deltas by <c>{site}.{name}</c>.</summary>
    public required IReadOnlyDictionary<string, Tensor> RouterState { get; init; }

    /// <summary>Router statistics by <c>{site}.{name}</c>: sums over rows.</summary>
    public required IReadOnlyDictionary<string, double[]> Statistics { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Gradient.Dispose();
        foreach (var tensor in RouterState.Values)
        {
            tensor.Dispose();
        }
    }
}
