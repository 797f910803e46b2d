using MoR.Torch.Native;
using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch;

/// <summary>The inference kernels over libmor_native.so.</summary>
public sealed class LibtorchInferenceKernels : IInferenceKernels
{
    // Neither changes a bit, since every number is a sum of its own.
    private const int TileColumns = 128;
    private const int TileRows = 32;

    /// <inheritdoc/>
    public void Attend(
        torch.Tensor out_TX, (torch.Tensor Q, torch.Tensor K, torch.Tensor V) qkv, (torch.Tensor Cos, torch.Tensor Sin) angles,
        (torch.Tensor Keys, torch.Tensor Values) cache, int row, int held, int window) => TorchException.ThrowIfAny(
        NativeMethods.mor_attend(
            out_TX.Safe, qkv.Q.Safe, qkv.K.Safe, qkv.V.Safe, angles.Cos.Safe, angles.Sin.Safe, cache.Keys.Safe,
            cache.Values.Safe, row, held, window, (float)(1 / Math.Sqrt(cache.Keys.shape[2]))),
        nameof(Attend), out_TX, qkv.Q, qkv.K, qkv.V, cache.Keys);

    /// <inheritdoc/>
    public torch.Tensor[] FewRows(torch.Tensor x_NI, IReadOnlyList<torch.Tensor> weights, MathPool pool)
    {
        var rows = x_NI.shape[0];
        var products = new torch.Tensor[weights.Count];
        var tiles = new List<(int Weight, long First, long Count)>();
        for (var i = 0; i < products.Length; i++)
        {
            var columns = weights[i].shape[0];
            products[i] = torch.empty(rows, columns, x_NI.dtype);
            for (var first = 0L; first < columns; first += TileColumns)
            {
                tiles.Add((i, first, Math.Min(TileColumns, columns - first)));
            }
        }

        pool.For(tiles.Count, tile =>
        {
            var (weight, first, count) = tiles[tile];
            TorchException.ThrowIfAny(
                NativeMethods.mor_few_rows(products[weight].Safe, x_NI.Safe, weights[weight].Safe, first, count),
                nameof(FewRows), x_NI, weights[weight]);
        });
        return products;
    }

    /// <inheritdoc/>
    public (torch.Tensor Gates_TE, torch.Tensor Selected_TE) Route(
        torch.Tensor x_TI, torch.Tensor values, long offset, int experts, RoutingRule rule)
    {
        var rows = x_TI.shape[0];
        var gates_TE = torch.empty(rows, experts, x_TI.dtype);
        var selected_TE = torch.empty(rows, experts, torch.@bool);
        TorchException.ThrowIfAny(
            NativeMethods.mor_route(
                gates_TE.Safe, selected_TE.Safe, x_TI.Safe, values.Safe, offset, rule.SubRouters, rule.KeptSubRouters,
                NativeMethods.Flag(rule.ByLogits), rule.TopK),
            nameof(Route), x_TI);
        return (gates_TE, selected_TE);
    }

    /// <inheritdoc/>
    public void AddExperts(
        torch.Tensor y_TO, torch.Tensor x_TI, LoraMatrices experts, (torch.Tensor Gates_TE, torch.Tensor Selected_TE)? choice,
        MathPool pool)
    {
        var rows = (int)x_TI.shape[0];
        if (rows <= TileRows)
        {
            AddRows(0, rows);
            return;
        }

        pool.For((rows + TileRows - 1) / TileRows, tile => AddRows(tile * TileRows, Math.Min(TileRows, rows - (tile * TileRows))));

        void AddRows(int first, int count) => TorchException.ThrowIfAny(
            NativeMethods.mor_lora_experts(
                y_TO.Safe, x_TI.Safe, experts.Values.Safe, experts.A, experts.B, experts.A.Length, experts.Rank, experts.Shards,
                NativeMethods.Flag(choice is not null), (choice?.Gates_TE ?? y_TO).Safe, (choice?.Selected_TE ?? y_TO).Safe,
                (float)experts.Scale, first, count),
            nameof(AddExperts), y_TO, x_TI);
    }
}
