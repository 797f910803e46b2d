using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>
/// What forward passes use that nobody differentiates, such as a token's while generating. Each row is computed on its own, so
/// that other rows never change a bit, and the pool's number of threads does not either. The plain versions round differently.
/// </summary>
public interface IInferenceKernels
{
    /// <summary>The most rows that <see cref="FewRows"/> is for; with more, a product in row tiles reads the weights once.</summary>
    const int FewRowsLimit = 8;

    /// <summary>
    /// Causal attention of one new token of a sequence, which is a row of q, k and v. Its rotated key and its value are written
    /// behind those that the cache holds.
    /// </summary>
    /// <param name="out_TX">[T, H · C]; the row is written.</param>
    /// <param name="qkv">Queries [T, H · C], keys and values [T, K · C].</param>
    /// <param name="angles">Cosines and sines of the rotary embedding; [T, C/2].</param>
    /// <param name="cache">Keys and values; [K, capacity, C].</param>
    /// <param name="row">The row.</param>
    /// <param name="held">Tokens that the cache holds before this one.</param>
    /// <param name="window">How many of the last tokens it sees, itself included.</param>
    void Attend(
        torch.Tensor out_TX, (torch.Tensor Q, torch.Tensor K, torch.Tensor V) qkv, (torch.Tensor Cos, torch.Tensor Sin) angles,
        (torch.Tensor Keys, torch.Tensor Values) cache, int row, int held, int window);

    /// <summary>x wᵀ for several w that share x, in one go: for a few rows it takes as long as reading the weights.</summary>
    /// <param name="x_NI">[N, in], float32 on the CPU.</param>
    /// <param name="weights">Each [out, in].</param>
    /// <param name="pool">Threads that share the columns.</param>
    /// <returns>Each [N, out], owned by the caller's dispose scope.</returns>
    torch.Tensor[] FewRows(torch.Tensor x_NI, IReadOnlyList<torch.Tensor> weights, MathPool pool);

    /// <summary>What a mixture of routers decides, from its input to its gates.</summary>
    /// <param name="x_TI">[T, in], float32 on the CPU.</param>
    /// <param name="values">Where the weights lie; flat.</param>
    /// <param name="offset">The first of them: per sub-router [experts, in], then the main router's [sub-routers, in].</param>
    /// <param name="experts">How many experts.</param>
    /// <param name="rule">How the scores become gates.</param>
    /// <returns>Gates [T, experts], zero where not selected, and what is selected, bool [T, experts].</returns>
    (torch.Tensor Gates_TE, torch.Tensor Selected_TE) Route(
        torch.Tensor x_TI, torch.Tensor values, long offset, int experts, RoutingRule rule);

    /// <summary>
    /// y += Σ over shards Σ over a shard's chosen experts of scale · gate · B A x, in that order: what the experts' requests would
    /// bring.
    /// </summary>
    /// <param name="y_TO">[T, out], added to.</param>
    /// <param name="x_TI">[T, in], float32 on the CPU.</param>
    /// <param name="experts">Their matrices.</param>
    /// <param name="choice">Gates and what is selected, each [T, experts]; null where every row takes expert 0 with gate 1.</param>
    /// <param name="pool">Threads that share the rows.</param>
    void AddExperts(
        torch.Tensor y_TO, torch.Tensor x_TI, LoraMatrices experts, (torch.Tensor Gates_TE, torch.Tensor Selected_TE)? choice,
        MathPool pool);
}

/// <summary>p = Σ_j a_j softmax(z_j) with a the main router's softmax, or softmax(Σ_j a_j z_j); the k largest, renormalised.
/// </summary>
/// <param name="SubRouters">Sub-routers; 1 has no main router.</param>
/// <param name="KeptSubRouters">The largest a that are kept and renormalised.</param>
/// <param name="ByLogits">Whether scores are mixed, not probabilities.</param>
/// <param name="TopK">Experts per row.</param>
public readonly record struct RoutingRule(int SubRouters, int KeptSubRouters, bool ByLogits, int TopK);

/// <summary>The LoRA experts of one linear, in a flat vector of parameters.</summary>
/// <param name="Values">The vector.</param>
/// <param name="A">Where each expert's A [rank, in] begins; [experts].</param>
/// <param name="B">Where its B [out, rank] begins; [experts].</param>
/// <param name="Rank">The rank.</param>
/// <param name="Shards">Expert e is in shard e mod shards.</param>
/// <param name="Scale">α / rank.</param>
public sealed record LoraMatrices(torch.Tensor Values, long[] A, long[] B, int Rank, int Shards, double Scale);
