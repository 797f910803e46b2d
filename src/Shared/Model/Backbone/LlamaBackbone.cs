using MoR.Torch;
using MoR.Torch.Runtime;
using TorchSharp;
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

    /// <summary>The tensors.</summary>
    public LlamaWeights Weights => _weights;

    /// <summary>Type of activations, and of the weights unless their matrices are kept in another.</summary>
    public ScalarType Dtype => _weights.Types.Compute;

    /// <summary>Where the weights are.</summary>
    public Device Device => _weights.Embedding.device;

    /// <summary>Names the weights, so that an adapter of another backbone can be refused.</summary>
    public string Fingerprint => _weights.Fingerprint;

    /// <summary>Rows of the embedding; [T, D].</summary>
    public Tensor Embed(int[] tokens) =>
        _weights.Embedding.index_select(0, tensor(ToLong(tokens)).to(Device)).to(Dtype);

    /// <summary>The weight of the block's first norm; [D].</summary>
    public Tensor InputNorm(int layer) => _weights.InputNorm[layer];

    /// <summary>The weight of the norm before the block's MLP; [D].</summary>
    public Tensor PostAttentionNorm(int layer) => _weights.PostAttentionNorm[layer];

    /// <summary>The weight of the norm before the output head; [D].</summary>
    public Tensor FinalNorm => _weights.FinalNorm;

    /// <summary>Cosines and sines at the batch's rows, each [T, C/2].</summary>
    public (Tensor Cos, Tensor Sin) Angles(PackedBatch batch) =>
        _rotary.At(batch.Positions());

    /// <summary>x W₀ᵀ, plus the linear's bias if it has one; [T, out]. Records no history.</summary>
    public Tensor Product(int layer, Linear linear, Tensor x_TI)
    {
        var y_TO = Multiply(x_TI, _weights.Linear(layer, linear), true);
        return _weights.Bias(layer, linear) is { } bias_O ? y_TO.add_(bias_O) : y_TO;
    }

    /// <summary><see cref="Product"/> of linears that share x, where nobody asks for gradients: a few rows take the time of
    /// reading the weights.</summary>
    public Tensor[] InferenceProducts(int layer, IReadOnlyList<Linear> linears, Tensor x_TI)
    {
        if (!IsFew(x_TI, _weights.Linear(layer, linears[0])))
        {
            return [.. linears.Select(linear => Product(layer, linear, x_TI))];
        }

        var products = TensorKernels.Inference.FewRows(
            x_TI, [.. linears.Select(linear => _weights.Linear(layer, linear))], _pool);
        for (var i = 0; i < products.Length; i++)
        {
            if (_weights.Bias(layer, linears[i]) is { } bias_O)
            {
                products[i].add_(bias_O);
            }
        }

        return products;
    }

    /// <summary>dy W₀; [T, in]. Frozen weights and biases have no gradient of their own.</summary>
    public Tensor ProductBackward(int layer, Linear linear, Tensor dy_TO) =>
        Multiply(dy_TO, _weights.Linear(layer, linear), false);

    /// <summary>Logits; [N, vocabulary]. Records no history.</summary>
    public Tensor Head(Tensor x_ND) => Multiply(x_ND, _weights.Head, true);

    /// <summary><see cref="Head"/> where nobody asks for gradients.</summary>
    public Tensor InferenceHead(Tensor x_ND) =>
        IsFew(x_ND, _weights.Head) ? TensorKernels.Inference.FewRows(x_ND, [_weights.Head], _pool)[0] : Head(x_ND);

    /// <summary>dlogits · head; [N, D].</summary>
    public Tensor HeadBackward(Tensor dLogits_NV) => Multiply(dLogits_NV, _weights.Head, false);

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private Tensor Multiply(Tensor a_MK, Tensor b, bool transposeB) =>
        TensorKernels.Current.MatMul(a_MK.detach(), b, transposeB, _pool);

    private static bool IsFew(Tensor x_TI, Tensor weight) =>
        x_TI.shape[0] <= IInferenceKernels.FewRowsLimit && x_TI.dtype == ScalarType.Float32 && weight.dtype == ScalarType.Float32
        && x_TI.device.type == DeviceType.CPU;

    private static long[] ToLong(int[] values) => Array.ConvertAll(values, value => (long)value);
}
