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
<<<<<<< HEAD
        Types = types;
        var tensors = BackboneTensors.Find(config, files);
        var layers = Enumerable.Range(0, config.Layers).ToArray();
        Embedding = Load(tensors.Embedding);
        Head = tensors.Head == tensors.Embedding ? Embedding : Load(tensors.Head);
        FinalNorm = Load(BackboneTensors.FinalNorm);
        InputNorm = [.. layers.Select(layer => Load(BackboneTensors.Norm(layer, "input_layernorm")))];
        PostAttentionNorm = [.. layers.Select(layer => Load(BackboneTensors.Norm(layer, "post_attention_layernorm")))];
        _linears = PerLinear(linear => true, BackboneTensors.Weight)!;
        _biases = PerLinear(config.Biased.Contains, BackboneTensors.Bias);
=======
        var (layers, hidden) = (Enumerable.Range(0, config.Layers).ToArray(), config.HiddenSize);
        var (embedding, head) = EndNames(config);
        Embedding = Load(embedding, [config.VocabularySize, hidden], dtype, device);
        Head = head == embedding ? Embedding : Load(head, [config.VocabularySize, hidden], dtype, device);
        FinalNorm = Load(LlamaNames.FinalNorm, [hidden], dtype, device);
        InputNorm = [.. layers.Select(layer => Load(LlamaNames.InputNorm(layer), [hidden], dtype, device))];
        PostAttentionNorm =
            [.. layers.Select(layer => Load(LlamaNames.PostAttentionNorm(layer), [hidden], dtype, device))];
        _linears = [.. layers.Select(layer => Enum.GetValues<Linear>()
            .Select(linear => Load(
                LlamaNames.Weight(layer, linear), [config.OutputWidth(linear), config.InputWidth(linear)], dtype, device))
            .ToArray())];
>>>>>>> origin/next
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
<<<<<<< HEAD
=======

    /// <summary>Some files store only one of two tied tensors, under either name.</summary>
    private (string Embedding, string Head) EndNames(LlamaConfig config)
    {
        var (hasEmbedding, hasHead) = (_files.Tensors.ContainsKey(LlamaNames.Embedding), _files.Tensors.ContainsKey(LlamaNames.Head));
        return config.TiedEmbeddings
            ? hasEmbedding || !hasHead ? (LlamaNames.Embedding, LlamaNames.Embedding) : (LlamaNames.Head, LlamaNames.Head)
            : (LlamaNames.Embedding, LlamaNames.Head);
    }

    private Tensor Load(string name, long[] shape, ScalarType dtype, Device device)
    {
        if (!_files.Tensors.TryGetValue(name, out var entry))
        {
            throw new InputException(
                _files.Location,
                $"tensor '{name}' is missing",
                "Use a complete Llama folder, or correct config.json if it describes another model.");
        }

        if (!entry.Shape.SequenceEqual(shape))
        {
            throw new InputException(
                _files.FileOf(name).Location,
                $"tensor '{name}' is {entry.ShapeText}, and config.json needs [{string.Join(", ", shape)}]",
                "Use the config.json that belongs to these weights.");
        }

        return SafetensorsTensors.Load(_files.FileOf(name), entry, dtype, device);
    }
>>>>>>> origin/next
}
