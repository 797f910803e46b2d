using MoR.Cluster.Errors;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>
/// The frozen tensors of a backbone. Weights that already have the wanted type are used where the file is mapped; others are
/// converted once.
/// </summary>
public sealed class LlamaWeights : IDisposable
{
    private readonly SafetensorsFolder _files;
    private readonly Tensor[][] _linears;
    private readonly Tensor?[][] _biases;

    private LlamaWeights(SafetensorsFolder files, LlamaConfig config, WeightTypes types, Device device)
    {
        // What was loaded before a wrong tensor was met is freed with the scope.
        using var scope = NewDisposeScope();
        _files = files;
        Types = types;
        var tensors = BackboneTensors.Find(config, files);
        var layers = Enumerable.Range(0, config.Layers).ToArray();
        Embedding = Load(tensors.Embedding);
        Head = tensors.Head == tensors.Embedding ? Embedding : Load(tensors.Head);
        FinalNorm = Load(LlamaNames.FinalNorm);
        InputNorm = [.. layers.Select(layer => Load(LlamaNames.InputNorm(layer)))];
        PostAttentionNorm = [.. layers.Select(layer => Load(LlamaNames.PostAttentionNorm(layer)))];
        _linears = PerLinear(linear => true, LlamaNames.Weight)!;
        _biases = PerLinear(config.Biased.Contains, LlamaNames.Bias);
        Fingerprint = BackboneFingerprint.Of(config, files);
        foreach (var tensor in All())
        {
            tensor.DetachFromDisposeScope();
        }

        Tensor?[][] PerLinear(Func<Linear, bool> exists, Func<int, Linear, string> name) =>
            [.. layers.Select(layer => Enum.GetValues<Linear>()
                .Select(linear => exists(linear) ? Load(name(layer, linear)) : null).ToArray())];

        Tensor Load(string name)
        {
            var entry = files.Tensors[name];
            return SafetensorsTensors.Load(files.FileOf(name), entry, types.Of(entry), device);
        }
    }

    /// <summary>Names the weights: see <see cref="BackboneFingerprint"/>.</summary>
    public string Fingerprint { get; }

    /// <summary>What matrices are kept in, and what everything else is.</summary>
    public WeightTypes Types { get; }

    /// <summary>[vocabulary, D].</summary>
    public Tensor Embedding { get; }

    /// <summary>Output head, [vocabulary, D]; the embedding itself if they are tied.</summary>
    public Tensor Head { get; }

    /// <summary>Weight of the last norm; [D].</summary>
    public Tensor FinalNorm { get; }

    /// <summary>Per layer the weight of the norm before the attention; [D].</summary>
    public IReadOnlyList<Tensor> InputNorm { get; }

    /// <summary>Per layer the weight of the norm before the MLP; [D].</summary>
    public IReadOnlyList<Tensor> PostAttentionNorm { get; }

    /// <summary>W₀ of a linear; [out, in].</summary>
    public Tensor Linear(int layer, Linear linear) => _linears[layer][(int)linear];

    /// <summary>The bias of a linear, [out]; null if it has none.</summary>
    public Tensor? Bias(int layer, Linear linear) => _biases[layer][(int)linear];

    /// <summary>Loads the weights of a Hugging Face folder, all in one type.</summary>
    /// <exception cref="InputException">A tensor is missing or is not what config.json says.</exception>
    public static LlamaWeights Load(string folder, LlamaConfig config, ScalarType dtype, Device device) =>
        Load(SafetensorsFolder.Open(folder), config, WeightTypes.All(dtype), device);

    /// <summary>Loads weights from files that are open already, and owns the files from then on, also if it fails.</summary>
    /// <param name="files">The files.</param>
    /// <param name="config">Their architecture.</param>
    /// <param name="types">Types to keep them in.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="InputException">A tensor is missing or is not what config.json says.</exception>
    public static LlamaWeights Load(SafetensorsFolder files, LlamaConfig config, WeightTypes types, Device device)
    {
        try
        {
            return new LlamaWeights(files, config, types, device);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in All())
        {
            tensor.Dispose();
        }

        _files.Dispose();
    }

    private IEnumerable<Tensor> All() => _linears.Concat(_biases).SelectMany(layer => layer).OfType<Tensor>()
        .Concat(InputNorm).Concat(PostAttentionNorm).Concat([FinalNorm, Head, Embedding]);
}
