using MoR.Cluster.Protocol;
using MoR.Model.Backbone;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>
/// Forward and backward of LoRA experts, written out. For the m rows x of an expert with gates g and scale s = α/r:
/// U = x Aᵀ, H = s·g ⊙ U, Δ = H Bᵀ; then with G = ∂L/∂Δ: dH = G B, dB = Gᵀ H, dg = s Σ_r dH ⊙ U, dU = s·g ⊙ dH,
/// dA = dUᵀ x, dx = dU A. Each expert sees exactly the rows routed to it, in row order, and results are added in expert
/// order, so that nothing depends on where or when it runs. Shapes: n rows of the request, m assignments of an expert.
/// </summary>
public static class ExpertMath
{
    /// <summary>Answers a forward request; a pure function of parameters and request.</summary>
    public static ForwardReply Forward(ShardParameters shard, ForwardRequest request)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var point = DispatchPoint.At(request.Key.DispatchPoint);
        var (source, rows) = RowsPayload.Of(request.Rows);
        var routes = request.Routes.Select(route => new RoutedRows(route, rows)).ToArray();
        var deltas = new TensorPayload?[request.RouteOfTarget.Count];
        for (var target = 0; target < deltas.Length; target++)
        {
            if (request.RouteOfTarget[target] >= 0)
            {
                deltas[target] = new TorchPayload(Delta(
                    shard, point, target, source, routes[request.RouteOfTarget[target]]));
            }
        }

        return new ForwardReply(request.Key, deltas);
    }

    /// <summary>∂L/∂x and ∂L/∂gates of a backward request, and the work left for the parameters' gradients.</summary>
    public static (TensorPayload? Input, IReadOnlyList<TensorPayload> Gates, ParameterGradientWork Later) Backward(
        ShardParameters shard, BackwardRequest request)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var point = DispatchPoint.At(request.Key.DispatchPoint);
        var gateParts = request.Forward.Routes.Select(route => new Tensor?[route.Experts.Count]).ToArray();
        var (source, rows) = RowsPayload.Of(request.Forward.Rows);
        var dx = request.NeedsInputGradient ? zeros([.. request.Forward.Rows.Shape], source.dtype, source.device) : null;
        var later = new ParameterGradientWork();
        var scale = shard.Scale(point);
        for (var target = 0; target < request.Forward.RouteOfTarget.Count; target++)
        {
            var route = request.Forward.RouteOfTarget[target];
            if (route < 0)
            {
                continue;
            }

            var (gradient, gradientRows) = RowsPayload.Of(request.DeltaGradients[target]!);
            var routed = new RoutedRows(request.Forward.Routes[route], rows, gradientRows);
            for (var i = 0; i < routed.Experts.Count; i++)
            {
                var expert = routed.Experts[i];
                var (a_RI, b_OR) = shard.Expert(point, target, expert.Number);
                var (dU_mR, h_mR, dGates_m) = TensorKernels.Current.LoraBackward(
                    dx, source, gradient, a_RI, b_OR, expert.Rows, scale);
                later.Add(target, expert, source, gradient, dU_mR, h_mR);
                if (request.NeedsGateGradients)
                {
                    gateParts[route][i] = gateParts[route][i] is { } sum ? sum + dGates_m : dGates_m;
                }
            }
        }

        TensorPayload[] gates = request.NeedsGateGradients
            ? [.. gateParts.Select(parts => new TorchPayload(cat([.. parts.Select(part => part!)], 0)))]
            : [];
        return (dx is null ? null : new TorchPayload(dx), gates, later);
    }

    private static Tensor Delta(
        ShardParameters shard, DispatchPoint point, int target, Tensor rows_nI, RoutedRows route)
    {
        Tensor? sum_nO = null;
        foreach (var expert in route.Experts)
        {
            var (a_RI, b_OR) = shard.Expert(point, target, expert.Number);
            sum_nO ??= zeros([route.Rows, b_OR.shape[0]], b_OR.dtype, b_OR.device);
            TensorKernels.Current.AddLora(sum_nO, rows_nI, a_RI, b_OR, expert.Rows, shard.Scale(point));
        }

        return sum_nO!;
    }
}
