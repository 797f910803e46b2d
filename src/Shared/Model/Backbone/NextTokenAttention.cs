using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>Attention where every sequence has one new token: what <see cref="LlamaBlock.Attention"/> gives, in an operation per
/// sequence.</summary>
internal static class NextTokenAttention
{
    /// <summary>The mixed values; [sequences, H·C].</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="qkv">Queries [sequences, H·C], keys and values [sequences, K·C].</param>
    /// <param name="angles">The rotary embedding at each row.</param>
    /// <param name="caches">Earlier keys and values of each sequence; this token's are added.</param>
    /// <param name="layer">The block's position.</param>
    public static Tensor Of(
        LlamaConfig config, IReadOnlyList<Tensor> qkv, (Tensor Cos, Tensor Sin) angles, IReadOnlyList<KeyValueCache> caches,
        int layer)
    {
        var mixed_TX = empty_like(qkv[0]);
        for (var sequence = 0; sequence < caches.Count; sequence++)
        {
            var (keys, values, held) = caches[sequence].Extend(layer);
            TensorKernels.Inference.Attend(
                mixed_TX, (qkv[0], qkv[1], qkv[2]), angles, (keys, values), sequence, held, config.Window(layer) ?? int.MaxValue);
        }

        return mixed_TX;
    }
}
