using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The inference kernels in TorchSharp's API alone.</summary>
public sealed class PlainInferenceKernels : IInferenceKernels
{
    private readonly PlainKernels _kernels = new();

    /// <inheritdoc/>
    public void Attend(
        torch.Tensor out_TX, (torch.Tensor Q, torch.Tensor K, torch.Tensor V) qkv, (torch.Tensor Cos, torch.Tensor Sin) angles,
        (torch.Tensor Keys, torch.Tensor Values) cache, int row, int held, int window)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (groups, width) = (cache.Keys.shape[0], cache.Keys.shape[2]);
        var heads = qkv.Q.shape[1] / width;
        cache.Keys.narrow(1, held, 1).copy_(Rotated(qkv.K, groups).unsqueeze(1));
        cache.Values.narrow(1, held, 1).copy_(qkv.V.narrow(0, row, 1).view(groups, 1, width));
        var seen = Math.Min(held + 1, window);
        var (keys, values) = (cache.Keys.narrow(1, held + 1 - seen, seen), cache.Values.narrow(1, held + 1 - seen, seen));
        var q_KGC = (Rotated(qkv.Q, heads) * (1 / Math.Sqrt(width))).view(groups, heads / groups, width);
        out_TX.narrow(0, row, 1).copy_(Softmax(q_KGC.bmm(keys.transpose(1, 2))).bmm(values).view(1, heads * width));

        torch.Tensor Rotated(torch.Tensor x_TX, long count)
        {
            var x_HC = x_TX.narrow(0, row, 1).view(count, width);
            var (left, right) = (x_HC.narrow(1, 0, width / 2), x_HC.narrow(1, width / 2, width / 2));
            var (cos, sin) = (angles.Cos.narrow(0, row, 1), angles.Sin.narrow(0, row, 1));
            return torch.cat([(left * cos) - (right * sin), (right * cos) + (left * sin)], 1);
        }
    }

    /// <inheritdoc/>
    public torch.Tensor[] FewRows(torch.Tensor x_NI, IReadOnlyList<torch.Tensor> weights, MathPool pool) =>
        [.. weights.Select(weight => _kernels.MatMul(x_NI, weight, transposeB: true, pool))];

    /// <inheritdoc/>
    public (torch.Tensor Gates_TE, torch.Tensor Selected_TE) Route(
        torch.Tensor x_TI, torch.Tensor values, long offset, int experts, RoutingRule rule)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (routers, inner) = (rule.SubRouters, x_TI.shape[1]);
        var width = routers == 1 ? experts : routers * (experts + 1);
        var scores_TZ = x_TI.mm(values.narrow(0, offset, width * inner).view(width, inner).t());
        var p_TE = Softmax(scores_TZ.narrow(1, 0, experts));
        if (routers > 1)
        {
            var main_TR = Softmax(scores_TZ.narrow(1, routers * experts, routers));
            var weights_TR1 = Keep(main_TR, rule.KeptSubRouters).Kept.unsqueeze(-1);
            var scores_TRE = scores_TZ.narrow(1, 0, routers * experts).reshape(x_TI.shape[0], routers, experts);
            p_TE = rule.ByLogits
                ? Softmax((scores_TRE * weights_TR1).sum([1]))
                : (Softmax(scores_TRE) * weights_TR1).sum([1]);
        }

        var (gates_TE, selected_TE) = Keep(p_TE, rule.TopK);
        return (gates_TE.MoveToOuterDisposeScope(), selected_TE.MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void AddExperts(
        torch.Tensor y_TO, torch.Tensor x_TI, LoraMatrices experts, (torch.Tensor Gates_TE, torch.Tensor Selected_TE)? choice,
        MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (rows, inner, outer) = (x_TI.shape[0], x_TI.shape[1], y_TO.shape[1]);
        var selected = choice?.Selected_TE.data<bool>().ToArray();
        for (var shard = 0; shard < experts.Shards; shard++)
        {
            var sum_TO = torch.zeros_like(y_TO);
            for (var expert = shard; expert < experts.A.Length; expert += experts.Shards)
            {
                long[] chosen = [.. Sequence(rows).Where(row => selected?[(row * experts.A.Length) + expert] ?? true)];
                if (chosen.Length > 0)
                {
                    var gates_m = choice?.Gates_TE.narrow(1, expert, 1).flatten().index_select(0, torch.tensor(chosen))
                        ?? torch.ones([rows], x_TI.dtype);
                    _kernels.AddLora(
                        sum_TO, x_TI,
                        experts.Values.narrow(0, experts.A[expert], experts.Rank * inner).view(experts.Rank, inner),
                        experts.Values.narrow(0, experts.B[expert], experts.Rank * outer).view(outer, experts.Rank),
                        new LoraRows(chosen, chosen, chosen, gates_m), experts.Scale);
                }
            }

            y_TO.add_(sum_TO);
        }
    }

    private static torch.Tensor Softmax(torch.Tensor scores) => torch.nn.functional.softmax(scores, -1);

    /// <summary>The k largest of each row divided by their sum.</summary>
    private static (torch.Tensor Kept, torch.Tensor Selected) Keep(torch.Tensor values, int k)
    {
        var (_, indices) = values.topk(k, -1);
        var ones = torch.zeros_like(values).scatter(1, indices, torch.ones_like(values));
        var kept = values * ones;
        return (kept / kept.sum([-1], keepdim: true), ones.gt(0));
    }

    private static IEnumerable<long> Sequence(long count)
    {
        for (var i = 0L; i < count; i++)
        {
            yield return i;
        }
    }
}
