using MoR.Cluster.Protocol;
using MoR.Model.Backbone;
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
        var routes = request.Routes.Select(route => new RoutedRows(request, route)).ToArray();
        var deltas = new TensorPayload?[request.RouteOfTarget.Count];
        for (var target = 0; target < deltas.Length; target++)
        {
            if (request.RouteOfTarget[target] >= 0)
            {
                deltas[target] = new TorchPayload(Delta(shard, point, target, routes[request.RouteOfTarget[target]]));
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
        var routes = request.Forward.Routes.Select(route => new RoutedRows(request.Forward, route)).ToArray();
        var gateParts = routes.Select(route => new Tensor?[route.Experts.Count]).ToArray();
        var rows = TorchPayload.Of(request.Forward.Rows);
        var dx = request.NeedsInputGradient ? zeros_like(rows) : null;
        var later = new ParameterGradientWork();
        var scale = shard.Scale(point);
        for (var target = 0; target < request.Forward.RouteOfTarget.Count; target++)
        {
            var route = request.Forward.RouteOfTarget[target];
            if (route < 0)
            {
                continue;
            }

            var gradient_nO = TorchPayload.Of(request.DeltaGradients[target]!);
            for (var i = 0; i < routes[route].Experts.Count; i++)
            {
                var expert = routes[route].Experts[i];
                var (a_RI, b_OR) = shard.Expert(point, target, expert.Number);
                var u_mR = expert.X_mI.mm(a_RI.t());
                var g_m1 = expert.Gates_m.unsqueeze(1) * scale;
                var dDelta_mO = gradient_nO.index_select(0, expert.RowsOfRoute_m);
                var dH_mR = dDelta_mO.mm(b_OR);
                var dU_mR = dH_mR * g_m1;
                later.Add(target, expert.Number, expert.X_mI, dU_mR, u_mR * g_m1, dDelta_mO);
                dx?.index_add_(0, expert.RowsOfRequest_m, dU_mR.mm(a_RI), 1);
                if (request.NeedsGateGradients)
                {
                    var dG_m = (dH_mR * u_mR).sum([1]) * scale;
                    gateParts[route][i] = gateParts[route][i] is { } sum ? sum + dG_m : dG_m;
                }
            }
        }

        TensorPayload[] gates = request.NeedsGateGradients
            ? [.. gateParts.Select(parts => new TorchPayload(cat([.. parts.Select(part => part!)], 0)))]
            : [];
        return (dx is null ? null : new TorchPayload(dx), gates, later);
    }

    private static Tensor Delta(ShardParameters shard, DispatchPoint point, int target, RoutedRows route)
    {
        Tensor? sum_nO = null;
        foreach (var expert in route.Experts)
        {
            var (a_RI, b_OR) = shard.Expert(point, target, expert.Number);
            var h_mR = expert.X_mI.mm(a_RI.t()) * (expert.Gates_m.unsqueeze(1) * shard.Scale(point));
            var delta_mO = h_mR.mm(b_OR.t());
            sum_nO ??= zeros([route.Rows, delta_mO.shape[1]], delta_mO.dtype, delta_mO.device);
            sum_nO.index_add_(0, expert.RowsOfRoute_m, delta_mO, 1);
        }

        return sum_nO!;
    }
}
