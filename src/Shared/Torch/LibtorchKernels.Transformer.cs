using MoR.Torch.Native;
using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <content>The fused parts of a block, float32 on the CPU.</content>
public sealed partial class LibtorchKernels
{
    /// <inheritdoc/>
    public (torch.Tensor X_TD, torch.Tensor Inverse_T) RmsNorm(
        torch.Tensor h_TD, torch.Tensor weight_D, double epsilon, MathPool pool)
    {
        if (!IsFused(h_TD))
        {
            return _plain.RmsNorm(h_TD, weight_D, epsilon, pool);
        }

        var (x_TD, inverse_T) = (torch.empty_like(h_TD), torch.empty([h_TD.shape[0]], h_TD.dtype));
        ForRows(h_TD, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_rms_norm(x_TD.Safe, inverse_T.Safe, h_TD.Safe, weight_D.Safe, first, count, (float)epsilon),
            nameof(RmsNorm), h_TD, weight_D));
        return (x_TD, inverse_T);
    }

    /// <inheritdoc/>
    public torch.Tensor RmsNormBackward(
        torch.Tensor dX_TD, torch.Tensor? carried_TD, torch.Tensor h_TD, torch.Tensor inverse_T, torch.Tensor weight_D,
        MathPool pool)
    {
        if (!IsFused(h_TD))
        {
            return _plain.RmsNormBackward(dX_TD, carried_TD, h_TD, inverse_T, weight_D, pool);
        }

        var dH_TD = torch.empty_like(h_TD);
        ForRows(h_TD, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_rms_norm_backward(
                dH_TD.Safe, dX_TD.Safe, (carried_TD ?? dX_TD).Safe, NativeMethods.Flag(carried_TD is not null), h_TD.Safe,
                inverse_T.Safe, weight_D.Safe, first, count),
            nameof(RmsNormBackward), dX_TD, carried_TD, h_TD, inverse_T, weight_D));
        return dH_TD;
    }

    /// <inheritdoc/>
    public torch.Tensor SwiGlu(torch.Tensor gate_TF, torch.Tensor up_TF, MathPool pool)
    {
        if (!IsFused(gate_TF))
        {
            return _plain.SwiGlu(gate_TF, up_TF, pool);
        }

        var y_TF = torch.empty_like(gate_TF);
        ForRows(gate_TF, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_swiglu(y_TF.Safe, gate_TF.Safe, up_TF.Safe, first, count), nameof(SwiGlu), gate_TF, up_TF));
        return y_TF;
    }

    /// <inheritdoc/>
    public (torch.Tensor DGate_TF, torch.Tensor DUp_TF) SwiGluBackward(
        torch.Tensor dY_TF, torch.Tensor gate_TF, torch.Tensor up_TF, MathPool pool)
    {
        if (!IsFused(gate_TF))
        {
            return _plain.SwiGluBackward(dY_TF, gate_TF, up_TF, pool);
        }

        var (dGate_TF, dUp_TF) = (torch.empty_like(gate_TF), torch.empty_like(up_TF));
        ForRows(gate_TF, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_swiglu_backward(
                dGate_TF.Safe, dUp_TF.Safe, dY_TF.Safe, gate_TF.Safe, up_TF.Safe, first, count),
            nameof(SwiGluBackward), dY_TF, gate_TF, up_TF));
        return (dGate_TF, dUp_TF);
    }

    /// <inheritdoc/>
    public void Rotate(
        torch.Tensor x_TX, torch.Tensor cosines_TP, torch.Tensor sines_TP, int heads, bool back, MathPool pool)
    {
        if (!IsFused(x_TX))
        {
            _plain.Rotate(x_TX, cosines_TP, sines_TP, heads, back, pool);
            return;
        }

        ForRows(x_TX, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_rotate(x_TX.Safe, cosines_TP.Safe, sines_TP.Safe, heads, first, count, back ? -1 : 1),
            nameof(Rotate), x_TX, cosines_TP, sines_TP));
    }

    /// <inheritdoc/>
    public (torch.Tensor Mixed_TX, torch.Tensor LogSums_HT) Attention(
        in AttentionShape shape, torch.Tensor q_TX, torch.Tensor k_TX, torch.Tensor v_TX, MathPool pool)
    {
        if (!IsFused(q_TX))
        {
            return _plain.Attention(shape, q_TX, k_TX, v_TX, pool);
        }

        var mixed_TX = torch.empty_like(q_TX);
        var logSums_HT = torch.empty([shape.Heads, q_TX.shape[0]], q_TX.dtype);
        var (starts, heads, groups, window) = Arguments(shape);
        ForUnits(shape, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_attention(
                mixed_TX.Safe, logSums_HT.Safe, q_TX.Safe, k_TX.Safe, v_TX.Safe, starts, starts.Length - 1, heads, groups, window,
                first, count),
            nameof(Attention), q_TX, k_TX, v_TX));
        return (mixed_TX, logSums_HT);
    }

    /// <inheritdoc/>
    public (torch.Tensor DQ_TX, torch.Tensor DK_TX, torch.Tensor DV_TX) AttentionBackward(
        in AttentionShape shape, torch.Tensor dMixed_TX, torch.Tensor mixed_TX, torch.Tensor logSums_HT, torch.Tensor q_TX,
        torch.Tensor k_TX, torch.Tensor v_TX, MathPool pool)
    {
        if (!IsFused(q_TX))
        {
            return _plain.AttentionBackward(shape, dMixed_TX, mixed_TX, logSums_HT, q_TX, k_TX, v_TX, pool);
        }

        var (dQ_TX, dK_TX, dV_TX) = (torch.empty_like(q_TX), torch.zeros_like(k_TX), torch.zeros_like(v_TX));
        var (starts, heads, groups, window) = Arguments(shape);
        ForUnits(shape, pool, (first, count) => TorchException.ThrowIfAny(
            NativeMethods.mor_attention_backward(
                dQ_TX.Safe, dK_TX.Safe, dV_TX.Safe, dMixed_TX.Safe, mixed_TX.Safe, logSums_HT.Safe, q_TX.Safe, k_TX.Safe,
                v_TX.Safe, starts, starts.Length - 1, heads, groups, window, first, count),
            nameof(AttentionBackward), dMixed_TX, q_TX, k_TX, v_TX));
        return (dQ_TX, dK_TX, dV_TX);
    }

    /// <inheritdoc/>
    public TokenScores NextToken(torch.Tensor logits_NV, ReadOnlySpan<int> targets, double factor)
    {
        if (!IsFused(logits_NV))
        {
            return _plain.NextToken(logits_NV, targets, factor);
        }

        var (logLikelihoods, hits) = (new double[targets.Length], new byte[targets.Length]);
        TorchException.ThrowIfAny(
            NativeMethods.mor_next_token(logits_NV.Safe, Longs(targets), targets.Length, (float)factor, logLikelihoods, hits),
            nameof(NextToken), logits_NV);
        return new TokenScores(logLikelihoods, Array.ConvertAll(hits, hit => hit != 0));
    }

    /// <inheritdoc/>
    public void AddRows(torch.Tensor y, long[] rows, torch.Tensor x)
    {
        if (!IsFused(y))
        {
            _plain.AddRows(y, rows, x);
            return;
        }

        TorchException.ThrowIfAny(NativeMethods.mor_add_rows(y.Safe, rows, x.Safe, rows.Length), nameof(AddRows), y, x);
    }

    /// <inheritdoc/>
    public void UpdateAdamW(
        torch.Tensor value, torch.Tensor first, torch.Tensor second, torch.Tensor gradient, long start, long count, long decayed,
        in AdamWFactors factors)
    {
        if (!IsFused(value))
        {
            _plain.UpdateAdamW(value, first, second, gradient, start, count, decayed, factors);
            return;
        }

        TorchException.ThrowIfAny(
            NativeMethods.mor_adamw(value.Safe, first.Safe, second.Safe, gradient.Safe, start, count, decayed, factors),
            nameof(UpdateAdamW), value, first, second, gradient);
    }

    /// <inheritdoc/>
    public double SumOfSquares(torch.Tensor values, long start, long count)
    {
        if (!IsFused(values))
        {
            return _plain.SumOfSquares(values, start, count);
        }

        TorchException.ThrowIfAny(
            NativeMethods.mor_sum_of_squares(values.Safe, start, count, out var sum), nameof(SumOfSquares), values);
        return sum;
    }

    private static void ForRows(torch.Tensor of, MathPool pool, Action<long, long> body)
    {
        var rows = of.shape[0];
        pool.For(RowTiles.Count(rows), tile =>
        {
            var (first, count) = RowTiles.Of(tile, rows);
            body(first, count);
        });
    }

    /// <summary>A unit is one key/value head of one sequence. How many go together changes nothing but the overhead.</summary>
    private static void ForUnits(in AttentionShape shape, MathPool pool, Action<long, long> body)
    {
        var units = shape.Sequences * shape.Groups;
        var parts = Math.Min(units, 2 * pool.Threads);
        pool.For(parts, part =>
        {
            var (first, end) = ((long)units * part / parts, (long)units * (part + 1) / parts);
            body(first, end - first);
        });
    }

    private static (long[] Starts, long Heads, long Groups, long Window) Arguments(in AttentionShape shape) =>
        (Longs(shape.Starts), shape.Heads, shape.Groups, shape.Window ?? 0);

    private static long[] Longs(ReadOnlySpan<int> values)
    {
        var longs = new long[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            longs[i] = values[i];
        }

        return longs;
    }
}
