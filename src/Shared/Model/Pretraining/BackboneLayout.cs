using MoR.Model.Backbone;
using MoR.Model.Parameters;

namespace MoR.Model.Pretraining;

/// <summary>
/// Where each tensor of a Llama lies in one flat vector, under its Hugging Face name. Linears that read the same activation
/// are one matrix. The norms come last: vectors have no weight decay.
/// </summary>
public sealed class BackboneLayout : ParameterLayout
{
    private readonly IReadOnlyList<Parameter>[] _linears;
    private readonly Parameter[] _inputNorm;
    private readonly Parameter[] _postAttentionNorm;

    /// <summary>Lays out a Llama.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="deviation">Standard deviation of the normal initial values. Linears that write to the residual stream have
    /// it divided by √(2 · layers), so that the stream keeps its size (Radford et al. 2019, section 2.3).</param>
    public BackboneLayout(LlamaConfig config, double deviation)
    {
        Config = config;
        var normal = InitialValue.Normal(deviation);
        var residual = InitialValue.Normal(deviation / Math.Sqrt(2.0 * config.Layers));
        long[] ends = [config.VocabularySize, config.HiddenSize];
        Embedding = Aligned(LlamaNames.Embedding, ends, normal);
        Head = config.TiedEmbeddings ? Embedding : Aligned(LlamaNames.Head, ends, normal);
        _linears = new IReadOnlyList<Parameter>[config.DispatchPoints];
        for (var index = 0; index < _linears.Length; index++)
        {
            var point = DispatchPoint.At(index);
            var initial = point.Site is Site.O or Site.Down ? residual : normal;
            _linears[index] = [.. point.Linears.Select(linear => Add(
                LlamaNames.Weight(point.Layer, linear),
                [config.OutputWidth(linear), config.InputWidth(linear)],
                initial))];
            Align();
        }

        EndDecay();
        var layers = Enumerable.Range(0, config.Layers);
        _inputNorm = [.. layers.Select(layer => Norm(LlamaNames.InputNorm(layer)))];
        _postAttentionNorm = [.. layers.Select(layer => Norm(LlamaNames.PostAttentionNorm(layer)))];
        FinalNorm = Norm(LlamaNames.FinalNorm);
    }

    /// <summary>The architecture.</summary>
    public LlamaConfig Config { get; }

    /// <summary>[vocabulary, D].</summary>
    public Parameter Embedding { get; }

    /// <summary>[vocabulary, D]; the embedding itself if they are tied.</summary>
    public Parameter Head { get; }

    /// <summary>[D].</summary>
    public Parameter FinalNorm { get; }

    /// <summary>The linears that read the activation of a dispatch point, in its order and without a gap; each [out, in].</summary>
    public IReadOnlyList<Parameter> LinearsAt(DispatchPoint point) => _linears[point.Index];

    /// <summary>[D].</summary>
    public Parameter InputNorm(int layer) => _inputNorm[layer];

    /// <summary>[D].</summary>
    public Parameter PostAttentionNorm(int layer) => _postAttentionNorm[layer];

    private Parameter Norm(string name) => Aligned(name, [Config.HiddenSize], InitialValue.One);

    private Parameter Aligned(string name, long[] shape, InitialValue initial)
    {
        var parameter = Add(name, shape, initial);
        Align();
        return parameter;
    }
}
