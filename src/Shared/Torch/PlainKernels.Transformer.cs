using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <content>The parts of a block in TorchSharp's API.</content>
public sealed partial class PlainKernels
{
    /// <inheritdoc/>
    public (torch.Tensor X_TD, torch.Tensor Inverse_T) RmsNorm(
        torch.Tensor h_TD, torch.Tensor weight_D, double epsilon, MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var inverse_T1 = (h_TD.square().mean([-1], keepdim: true) + epsilon).rsqrt();
        return ((h_TD * inverse_T1 * weight_D).MoveToOuterDisposeScope(), inverse_T1.squeeze(1).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public torch.Tensor RmsNormBackward(
        torch.Tensor dX_TD, torch.Tensor? carried_TD, torch.Tensor h_TD, torch.Tensor inverse_T, torch.Tensor weight_D,
        MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var inverse_T1 = inverse_T.unsqueeze(1);
        var weighted_TD = dX_TD * weight_D;
        var mean_T1 = (weighted_TD * h_TD).mean([-1], keepdim: true) * inverse_T1 * inverse_T1 * inverse_T1;
        var dH_TD = (weighted_TD * inverse_T1) - (h_TD * mean_T1);
        return (carried_TD is null ? dH_TD : carried_TD + dH_TD).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public torch.Tensor SwiGlu(torch.Tensor gate_TF, torch.Tensor up_TF, MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        return (gate_TF * gate_TF.sigmoid() * up_TF).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public (torch.Tensor DGate_TF, torch.Tensor DUp_TF) SwiGluBackward(
        torch.Tensor dY_TF, torch.Tensor gate_TF, torch.Tensor up_TF, MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var sigmoid_TF = gate_TF.sigmoid();
        var silu_TF = gate_TF * sigmoid_TF;
        var slope_TF = sigmoid_TF + (silu_TF * (1 - sigmoid_TF));
        return ((dY_TF * up_TF * slope_TF).MoveToOuterDisposeScope(), (dY_TF * silu_TF).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Rotate(
        torch.Tensor x_TX, torch.Tensor cosines_TP, torch.Tensor sines_TP, int heads, bool back, MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var half = cosines_TP.shape[1];
        var x_THC = x_TX.view(x_TX.shape[0], heads, 2 * half);
        var (first, second) = (x_THC.narrow(2, 0, half), x_THC.narrow(2, half, half));
        var cosines = cosines_TP.unsqueeze(1);
        var sines = back ? -sines_TP.unsqueeze(1) : sines_TP.unsqueeze(1);
        x_THC.copy_(torch.cat([(first * cosines) - (second * sines), (second * cosines) + (first * sines)], 2));
    }

    /// <inheritdoc/>
    public (torch.Tensor Mixed_TX, torch.Tensor LogSums_HT) Attention(
        in AttentionShape shape, torch.Tensor q_TX, torch.Tensor k_TX, torch.Tensor v_TX, MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (mixed, logSums) = (new List<torch.Tensor>(), new List<torch.Tensor>());
        for (var sequence = 0; sequence < shape.Sequences; sequence++)
        {
            var scores_GQS = Scores(shape, sequence, q_TX, k_TX);
            var logSums_GQ = scores_GQS.logsumexp(-1);
            var mixed_GQC = (scores_GQS - logSums_GQ.unsqueeze(2)).exp().bmm(ByGroup(shape, sequence, v_TX));
            mixed.Add(ByRow(shape, sequence, shape.Heads, mixed_GQC));
            logSums.Add(logSums_GQ.reshape(shape.Heads, Span(shape, sequence).Length));
        }

        return (torch.cat(mixed, 0).MoveToOuterDisposeScope(), torch.cat(logSums, 1).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public (torch.Tensor DQ_TX, torch.Tensor DK_TX, torch.Tensor DV_TX) AttentionBackward(
        in AttentionShape shape, torch.Tensor dMixed_TX, torch.Tensor mixed_TX, torch.Tensor logSums_HT, torch.Tensor q_TX,
        torch.Tensor k_TX, torch.Tensor v_TX, MathPool pool)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var (dq, dk, dv) = (new List<torch.Tensor>(), new List<torch.Tensor>(), new List<torch.Tensor>());
        for (var sequence = 0; sequence < shape.Sequences; sequence++)
        {
            var (start, length) = Span(shape, sequence);
            var logSums_GQ1 = logSums_HT.narrow(1, start, length).reshape(shape.Groups, shape.Heads / shape.Groups * length, 1);
            var weights_GQS = (Scores(shape, sequence, q_TX, k_TX) - logSums_GQ1).exp();
            var dMixed_GQC = ByGroup(shape, sequence, dMixed_TX);
            var dWeights_GQS = dMixed_GQC.bmm(ByGroup(shape, sequence, v_TX).transpose(1, 2));
            var inner_GQ1 = (dMixed_GQC * ByGroup(shape, sequence, mixed_TX)).sum([2], keepdim: true);
            var dScores_GQS = weights_GQS * (dWeights_GQS - inner_GQ1) * Scale(shape);
            dq.Add(ByRow(shape, sequence, shape.Heads, dScores_GQS.bmm(ByGroup(shape, sequence, k_TX))));
            dk.Add(ByRow(shape, sequence, shape.Groups, dScores_GQS.transpose(1, 2).bmm(ByGroup(shape, sequence, q_TX))));
            dv.Add(ByRow(shape, sequence, shape.Groups, weights_GQS.transpose(1, 2).bmm(dMixed_GQC)));
        }

        return (
            torch.cat(dq, 0).MoveToOuterDisposeScope(),
            torch.cat(dk, 0).MoveToOuterDisposeScope(),
            torch.cat(dv, 0).MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public TokenScores NextToken(torch.Tensor logits_NV, ReadOnlySpan<int> targets, double factor)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var targets_N1 = Index(Array.ConvertAll(targets.ToArray(), target => (long)target), logits_NV).unsqueeze(1);
        var logProbabilities_NV = torch.nn.functional.log_softmax(logits_NV, -1);
        var logLikelihoods_N1 = logProbabilities_NV.gather(1, targets_N1);
        var hits_N1 = logProbabilities_NV.argmax(1, keepdim: true).eq(targets_N1);
        var scores = new TokenScores(
            [.. logLikelihoods_N1.to(torch.float64).cpu().view(-1).data<double>()], [.. hits_N1.cpu().view(-1).data<bool>()]);
        if (factor != 0)
        {
            logits_NV.copy_(logProbabilities_NV.exp());

            // Flat, because libtorch before 2.1 refuses scatter_add of more dimensions on CUDA with deterministic algorithms.
            var (count, vocabulary) = (logits_NV.shape[0], logits_NV.shape[1]);
            var places_N = (torch.arange(count, torch.int64, logits_NV.device) * vocabulary) + targets_N1.view(-1);
            logits_NV.view(-1).index_add_(0, places_N, torch.ones([count], logits_NV.dtype, logits_NV.device), -1);
            logits_NV.mul_(factor);
        }

        return scores;
    }

    /// <inheritdoc/>
    public void AddRows(torch.Tensor y, long[] rows, torch.Tensor x)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        y.index_add_(0, Index(rows, y), x, 1);
    }

    /// <inheritdoc/>
    public void UpdateAdamW(
        torch.Tensor value, torch.Tensor first, torch.Tensor second, torch.Tensor gradient, long start, long count, long decayed,
        in AdamWFactors factors)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var clipped = gradient.narrow(0, start, count) * factors.Clip;
        var (m, v, values) = (first.narrow(0, start, count), second.narrow(0, start, count), value.narrow(0, start, count));
        values.narrow(0, 0, Math.Clamp(decayed - start, 0, count)).mul_(factors.Decay);
        m.mul_(factors.Beta1).add_(clipped * (1 - factors.Beta1));
        v.mul_(factors.Beta2).add_(clipped * clipped * (1 - factors.Beta2));
        values.sub_(m / ((v.sqrt() * factors.RootCorrection) + factors.Epsilon) * factors.Rate);
    }

    /// <inheritdoc/>
    public double SumOfSquares(torch.Tensor values, long start, long count)
    {
        using var unrecorded = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var part = values.narrow(0, start, count).to(torch.float64);
        return part.dot(part).cpu().item<double>();
    }

    private static (int Start, int Length) Span(in AttentionShape shape, int sequence) =>
        (shape.Starts[sequence], shape.Starts[sequence + 1] - shape.Starts[sequence]);

    private static double Scale(in AttentionShape shape) => 1 / Math.Sqrt(shape.Width);

    /// <summary>Scores of the keys that each query sees, −∞ elsewhere; [G, Q, S], where a group's Q queries are its heads' rows
    /// below each other.</summary>
    private static torch.Tensor Scores(in AttentionShape shape, int sequence, torch.Tensor q_TX, torch.Tensor k_TX)
    {
        var length = Span(shape, sequence).Length;
        var scores_GQS = ByGroup(shape, sequence, q_TX).bmm(ByGroup(shape, sequence, k_TX).transpose(1, 2)) * Scale(shape);
        var infinite_SS = torch.full([length, length], double.NegativeInfinity, scores_GQS.dtype, scores_GQS.device);
        var unseen_SS = infinite_SS.triu(1);
        if (shape.Window < length)
        {
            unseen_SS += infinite_SS.tril(-shape.Window.Value);
        }

        var perGroup = shape.Heads / shape.Groups;
        return (scores_GQS.view(shape.Groups, perGroup, length, length) + unseen_SS)
            .view(shape.Groups, perGroup * length, length);
    }

    private static torch.Tensor ByGroup(in AttentionShape shape, int sequence, torch.Tensor x_TX)
    {
        var (start, length) = Span(shape, sequence);
        var heads = x_TX.shape[1] / shape.Width;
        return x_TX.narrow(0, start, length).view(length, heads, shape.Width).transpose(0, 1)
            .reshape(shape.Groups, heads / shape.Groups * length, shape.Width);
    }

    private static torch.Tensor ByRow(in AttentionShape shape, int sequence, int heads, torch.Tensor x_GQC)
    {
        var length = Span(shape, sequence).Length;
        return x_GQC.view(heads, length, shape.Width).transpose(0, 1).reshape(length, heads * shape.Width);
    }
}
