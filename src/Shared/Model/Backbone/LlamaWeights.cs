using MoR.Cluster.Errors;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>
/// The frozen tensors of a Llama backbone, under their Hugging Face names. Weights that already have the wanted type are
/// used where the file is mapped; others are converted once.
/// </summary>
public sealed class LlamaWeights : IDisposable
{
    private readonly SafetensorsFolder _files;
    private readonly Tensor[][] _linears;

    private LlamaWeights(SafetensorsFolder files, LlamaConfig config, ScalarType dtype, Device device)
    {
        // What was loaded before a wrong tensor was met is freed with the scope.
        using var scope = NewDisposeScope();
        _files = files;
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
        Fingerprint = BackboneFingerprint.Of(config, files);
        foreach (var tensor in All())
        {
            tensor.DetachFromDisposeScope();
        }
    }

    /// <summary>Names the weights: see <see cref="BackboneFingerprint"/>.</summary>
    public string Fingerprint { get; }

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

    /// <summary>Loads the weights of a Hugging Face folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">Its architecture.</param>
    /// <param name="dtype">Type to compute in.</param>
    /// <param name="device">Where to.</param>
    /// <exception cref="InputException">A tensor is missing or has another shape than config.json says.</exception>
    public static LlamaWeights Load(string folder, LlamaConfig config, ScalarType dtype, Device device)
    {
        var files = SafetensorsFolder.Open(folder);
        try
        {
            return new LlamaWeights(files, config, dtype, device);
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

    private IEnumerable<Tensor> All() => _linears.SelectMany(layer => layer)
        .Concat(InputNorm).Concat(PostAttentionNorm).Concat([FinalNorm, Head, Embedding]);

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
}
