using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <content>
/// What a Llama block computes between its products, with its backward pass written out; nothing is recorded by autograd.
/// Rows share the pool. Fused for float32 on the CPU, where sums are made in another order than the plain versions make them.
/// Shapes: T rows, D hidden, F inner, H query heads, G key/value heads, C head, N predicted rows, V vocabulary.
/// </content>
public partial interface ITensorKernels
{
    /// <summary>x = h / √(mean h² + ε) ⊙ weight (Zhang and Sennrich 2019).</summary>
    /// <returns>x [T, D] and 1 / √(mean h² + ε) [T].</returns>
    (torch.Tensor X_TD, torch.Tensor Inverse_T) RmsNorm(
        torch.Tensor h_TD, torch.Tensor weight_D, double epsilon, MathPool pool);

    /// <summary>∂L/∂h = carried + inverse · weight ⊙ dx − h · inverse³ · mean(dx ⊙ weight ⊙ h).</summary>
    /// <param name="dX_TD">∂L/∂x.</param>
    /// <param name="carried_TD">What reaches h beside the norm; null for nothing.</param>
    /// <param name="h_TD">As forward.</param>
    /// <param name="inverse_T">From forward.</param>
    /// <param name="weight_D">As forward.</param>
    /// <param name="pool">Threads that share the rows.</param>
    torch.Tensor RmsNormBackward(
        torch.Tensor dX_TD, torch.Tensor? carried_TD, torch.Tensor h_TD, torch.Tensor inverse_T, torch.Tensor weight_D,
        MathPool pool);

    /// <summary>silu(gate) ⊙ up (Shazeer 2020); each [T, F].</summary>
    torch.Tensor SwiGlu(torch.Tensor gate_TF, torch.Tensor up_TF, MathPool pool);

    /// <summary>∂L/∂gate = dy ⊙ up ⊙ silu'(gate) and ∂L/∂up = dy ⊙ silu(gate); each [T, F].</summary>
    (torch.Tensor DGate_TF, torch.Tensor DUp_TF) SwiGluBackward(
        torch.Tensor dY_TF, torch.Tensor gate_TF, torch.Tensor up_TF, MathPool pool);

    /// <summary>
    /// Turns, in place, the pair (i, i + C/2) of every head by its row's angle (Su et al. 2021, eq. 34).
    /// </summary>
    /// <param name="x_TX">[T, heads · C].</param>
    /// <param name="cosines_TP">[T, C/2].</param>
    /// <param name="sines_TP">[T, C/2].</param>
    /// <param name="heads">How many heads x has.</param>
    /// <param name="back">Whether it is turned back, as a gradient is.</param>
    /// <param name="pool">Threads that share the rows.</param>
    void Rotate(torch.Tensor x_TX, torch.Tensor cosines_TP, torch.Tensor sines_TP, int heads, bool back, MathPool pool);

    /// <summary>
    /// softmax(q kᵀ / √C) v over the keys that a query sees, of each sequence on its own. Sequences and key/value heads share
    /// the pool, and none ever changes another's bits.
    /// </summary>
    /// <param name="shape">Sequences and heads.</param>
    /// <param name="q_TX">Rotated queries; [T, H · C].</param>
    /// <param name="k_TX">Rotated keys; [T, G · C].</param>
    /// <param name="v_TX">Values; [T, G · C].</param>
    /// <param name="pool">Threads.</param>
    /// <returns>The mixed values [T, H · C], and log Σ exp of each query's scores [H, T].</returns>
    (torch.Tensor Mixed_TX, torch.Tensor LogSums_HT) Attention(
        in AttentionShape shape, torch.Tensor q_TX, torch.Tensor k_TX, torch.Tensor v_TX, MathPool pool);

    /// <summary>∂L/∂q, ∂L/∂k and ∂L/∂v; probabilities are computed anew from the log-sums (Dao et al. 2022).</summary>
    (torch.Tensor DQ_TX, torch.Tensor DK_TX, torch.Tensor DV_TX) AttentionBackward(
        in AttentionShape shape, torch.Tensor dMixed_TX, torch.Tensor mixed_TX, torch.Tensor logSums_HT, torch.Tensor q_TX,
        torch.Tensor k_TX, torch.Tensor v_TX, MathPool pool);

    /// <summary>
    /// Scores logits on the calling thread, and spoils them: with a factor other than 0 they become ∂/∂logits of
    /// −factor · Σ log p(target), which is factor · (softmax − onehot).
    /// </summary>
    /// <param name="logits_NV">[N, V].</param>
    /// <param name="targets">The token that follows each row; [N].</param>
    /// <param name="factor">Weight of each row's loss, or 0 if no gradient is wanted.</param>
    TokenScores NextToken(torch.Tensor logits_NV, ReadOnlySpan<int> targets, double factor);

    /// <summary>y[rows[i]] += x[i], in order; x is [rows, width].</summary>
    void AddRows(torch.Tensor y, long[] rows, torch.Tensor x);

    /// <summary>
    /// m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², value ← value − rate · m / (√v · root correction + ε), of some of the
    /// values of flat vectors (Loshchilov and Hutter 2017, algorithm 2).
    /// </summary>
    /// <param name="value">Parameters; decayed ones are multiplied by the decay factor first.</param>
    /// <param name="first">First moment.</param>
    /// <param name="second">Second moment.</param>
    /// <param name="gradient">g before the clip factor.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="count">How many values.</param>
    /// <param name="decayed">Values of the whole vector before this one decay.</param>
    /// <param name="factors">The factors.</param>
    void UpdateAdamW(
        torch.Tensor value, torch.Tensor first, torch.Tensor second, torch.Tensor gradient, long start, long count, long decayed,
        in AdamWFactors factors);

    /// <summary>Σ x² of some of a flat vector's values, in float64.</summary>
    double SumOfSquares(torch.Tensor values, long start, long count);
}
