using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>
/// What a Llama block computes between its linears, as functions that autograd differentiates; where the backbone is frozen,
/// <see cref="MoR.Torch.ITensorKernels"/> has the same with its backward written out.
/// Shapes: T tokens of all sequences, D hidden, H query heads, K key/value heads, G = H/K, S tokens of one sequence, C head.
/// </summary>
internal static class LlamaBlock
{
    /// <summary>x / √(mean x² + ε) ⊙ weight (Zhang and Sennrich 2019); x is [T, D].</summary>
    public static Tensor RmsNorm(Tensor x_TD, Tensor weight_D, double epsilon) =>
        x_TD * (x_TD.square().mean([-1], keepdim: true) + epsilon).rsqrt() * weight_D;

    /// <summary>silu(gate) ⊙ up (Shazeer 2020); each [T, F].</summary>
    public static Tensor SwiGlu(Tensor gate_TF, Tensor up_TF) => gate_TF * gate_TF.sigmoid() * up_TF;

    /// <summary>Causal grouped-query attention of each sequence on its own, within the layer's window if it has one;
    /// [T, H·C].</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="batch">Where the sequences begin.</param>
    /// <param name="q_TX">Queries, [T, H·C].</param>
    /// <param name="k_TX">Keys, [T, K·C].</param>
    /// <param name="v_TX">Values, [T, K·C].</param>
    /// <param name="angles">The rotary embedding at each row.</param>
    /// <param name="caches">Earlier keys and values of each sequence; empty when there are none.</param>
    /// <param name="layer">The block's position, for the caches and the window.</param>
    /// <param name="probabilities">Takes each sequence's attention probabilities, [H, S, keys], if given.</param>
    public static Tensor Attention(
        LlamaConfig config, PackedBatch batch, Tensor q_TX, Tensor k_TX, Tensor v_TX,
        (Tensor Cos, Tensor Sin) angles, IReadOnlyList<KeyValueCache> caches, int layer, List<Tensor>? probabilities = null)
    {
        var (heads, groups, width) = (config.Heads, config.KeyValueHeads, config.HeadSize);
        var tokens = q_TX.shape[0];
        var q_THC = RotaryEmbedding.Rotate(q_TX.view(tokens, heads, width), angles) * (1.0 / Math.Sqrt(width));
        var k_TKC = RotaryEmbedding.Rotate(k_TX.view(tokens, groups, width), angles);
        var v_TKC = v_TX.view(tokens, groups, width);
        var outputs = new List<Tensor>(batch.Sequences);
        for (var sequence = 0; sequence < batch.Sequences; sequence++)
        {
            var (start, length) = (batch.Starts[sequence], batch.Starts[sequence + 1] - batch.Starts[sequence]);
            var q_KSC = q_THC.narrow(0, start, length).transpose(0, 1).reshape(groups, heads / groups * length, width);
            var k_KSC = k_TKC.narrow(0, start, length).transpose(0, 1);
            var v_KSC = v_TKC.narrow(0, start, length).transpose(0, 1);
            if (caches.Count > 0)
            {
                (k_KSC, v_KSC) = caches[sequence].Append(layer, k_KSC, v_KSC);
            }

            var keys = k_KSC.shape[1];
            var scores = q_KSC.bmm(k_KSC.transpose(1, 2)).view(groups, heads / groups, length, keys);
            var mask = CausalMask(length, keys, config.Window(layer), scores);
            var weights = nn.functional.softmax(scores + mask, -1);
            probabilities?.Add(weights.detach().reshape(heads, length, keys));
            var mixed_KSC = weights.view(groups, heads / groups * length, keys).bmm(v_KSC);
            outputs.Add(mixed_KSC.view(heads, length, width).transpose(0, 1).reshape(length, heads * width));
        }

        return outputs.Count == 1 ? outputs[0] : cat(outputs, 0);
    }

    /// <summary>The attention probabilities of each sequence, from rotated queries and keys; [H, S, S] each.</summary>
    public static IEnumerable<Tensor> Probabilities(AttentionShape shape, Tensor q_TX, Tensor k_TX)
    {
        for (var sequence = 0; sequence < shape.Sequences; sequence++)
        {
            var (start, length) = (shape.Starts[sequence], shape.Starts[sequence + 1] - shape.Starts[sequence]);
            var q_KSC = Heads(q_TX).reshape(shape.Groups, -1, shape.Width);
            var scores = q_KSC.bmm(Heads(k_TX).transpose(1, 2)) * (1.0 / Math.Sqrt(shape.Width));
            var mask = CausalMask(length, length, shape.Window, scores);
            yield return nn.functional.softmax(scores.view(shape.Heads, length, length) + mask, -1);

            Tensor Heads(Tensor x_TX) => x_TX.narrow(0, start, length).view(length, -1, shape.Width).transpose(0, 1);
        }
    }

    /// <summary>
    /// 0 where a query may look, −∞ where a key lies after it, or so far before it that the window has passed; the last query
    /// stands at the last key. [queries, keys].
    /// </summary>
    private static Tensor CausalMask(long queries, long keys, int? window, Tensor like)
    {
        var infinite = full([queries, keys], double.NegativeInfinity, like.dtype, like.device);
        var later = infinite.triu(keys - queries + 1);
        return window < keys ? later + infinite.tril(keys - queries - window.Value) : later;
    }
}
