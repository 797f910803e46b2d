using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>The frozen weights of a backbone and its products, which run in fixed tiles on the pool.</summary>
public sealed class LlamaBackbone : IDisposable
{
    private readonly LlamaWeights _weights;
    private readonly RotaryEmbedding _rotary;
    private readonly MathPool _pool;

    /// <summary>Takes ownership of <paramref name="weights"/>.</summary>
    public LlamaBackbone(LlamaConfig config, LlamaWeights weights, MathPool pool)
    {
        (Config, _weights, _pool) = (config, weights, pool);
        _rotary = new RotaryEmbedding(config.HeadSize, config.RopeTheta, config.RopeScaling, Dtype, Device);
    }

    /// <summary>The architecture.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Type of activations, and of the weights unless their matrices are kept in another.</summary>
    public ScalarType Dtype => _weights.Types.Compute;

    /// <summary>Where the weights are.</summary>
    public Device Device => _weights.Embedding.device;

    /// <summary>Names the weights, so that an adapter of another backbone can be refused.</summary>
    public string Fingerprint => _weights.Fingerprint;

    /// <summary>Rows of the embedding; [T, D].</summary>
    public Tensor Embed(int[] tokens) =>
        _weights.Embedding.index_select(0, tensor(ToLong(tokens)).to(Device)).to(Dtype);

    /// <summary>The block's first norm.</summary>
    public Tensor InputNorm(int layer, Tensor h_TD) =>
        LlamaBlock.RmsNorm(h_TD, _weights.InputNorm[layer], Config.NormEpsilon);

    /// <summary>The norm before the block's MLP.</summary>
    public Tensor PostAttentionNorm(int layer, Tensor h_TD) =>
        LlamaBlock.RmsNorm(h_TD, _weights.PostAttentionNorm[layer], Config.NormEpsilon);

    /// <summary>The norm before the output head.</summary>
    public Tensor FinalNorm(Tensor h_TD) => LlamaBlock.RmsNorm(h_TD, _weights.FinalNorm, Config.NormEpsilon);

    /// <summary>Cosines and sines at the batch's rows.</summary>
    public (Tensor Cos, Tensor Sin) Angles(PackedBatch batch) =>
        _rotary.At(batch.Positions());

    /// <summary>x W₀ᵀ, plus the linear's bias if it has one; [T, out]. Records no history.</summary>
    public Tensor Product(int layer, Linear linear, Tensor x_TI)
    {
        var y_TO = Multiply(x_TI, _weights.Linear(layer, linear), true);
        return _weights.Bias(layer, linear) is { } bias_O ? y_TO.add_(bias_O) : y_TO;
    }

    /// <summary>dy W₀; [T, in]. Frozen weights and biases have no gradient of their own.</summary>
    public Tensor ProductBackward(int layer, Linear linear, Tensor dy_TO) =>
        Multiply(dy_TO, _weights.Linear(layer, linear), false);

    /// <summary>Logits; [N, vocabulary]. Records no history.</summary>
    public Tensor Head(Tensor x_ND) => Multiply(x_ND, _weights.Head, true);

    /// <summary>dlogits · head; [N, D].</summary>
    public Tensor HeadBackward(Tensor dLogits_NV) => Multiply(dLogits_NV, _weights.Head, false);

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private Tensor Multiply(Tensor a_MK, Tensor b, bool transposeB) =>
        TensorKernels.Current.MatMul(a_MK.detach(), b, transposeB, _pool);

    private static long[] ToLong(int[] values) => Array.ConvertAll(values, value => (long)value);
}
