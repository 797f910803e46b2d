using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>What a worker is told of backbone and training, as it travels.</summary>
public static class Replicas
{
    /// <summary>A run's replica.</summary>
    /// <param name="path">The backbone's folder.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="spec">The adapter, with what its training adds.</param>
    /// <param name="recompute">Whether activations are computed again.</param>
    public static Replica Write(string path, LlamaBackbone backbone, AdapterSpec spec, bool recompute) => new()
    {
        Path = path,
        Fingerprint = backbone.Fingerprint,
        Weights = TorchWireTensor.ExactType(backbone.Weights.Types.Matrices),
        Recompute = recompute,
        BalanceLoss = spec.Router.BalanceLoss,
        MainBalanceLoss = spec.Router.MainBalanceLoss,
        ZLoss = spec.Router.ZLoss,
        Jitter = spec.Router.Jitter,
    };

    /// <summary>The adapter as it is trained, how rows are rounded, and how weights are kept.</summary>
    /// <exception cref="WireFormatException">A field holds what this program cannot compute.</exception>
    public static (AdapterLayout Layout, WireType Wire, WeightTypes Types) Read(AdapterShape adapter, Replica replica)
    {
        var (shape, wire) = AdapterShapes.Read(adapter);
        var router = shape.Spec.Router with
        {
            BalanceLoss = replica.BalanceLoss,
            MainBalanceLoss = replica.MainBalanceLoss,
            ZLoss = replica.ZLoss,
            Jitter = replica.Jitter,
        };
        var types = replica.Weights switch
        {
            ElementType.F32 => WeightTypes.All(float32),
            ElementType.Bf16 => new WeightTypes(float32, bfloat16),
            _ => throw new WireFormatException(nameof(Replica), "weights", $"{replica.Weights}", "F32 or BF16"),
        };
        return (new AdapterLayout(shape.Config, shape.Spec with { Router = router }), wire, types);
    }
}
