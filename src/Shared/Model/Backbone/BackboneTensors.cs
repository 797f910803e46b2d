using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.Backbone;

/// <summary>
/// The tensors that a backbone consists of, checked against what the files hold before any of them is read.
/// </summary>
public sealed class BackboneTensors
{
    private const string RotaryBuffer = "rotary_emb.inv_freq";

    private readonly LlamaConfig _config;
    private readonly SafetensorsFolder _files;

    private BackboneTensors(LlamaConfig config, SafetensorsFolder files)
    {
        (_config, _files) = (config, files);
        var hasEmbedding = files.Tensors.ContainsKey(LlamaNames.Embedding);
        var hasHead = files.Tensors.ContainsKey(LlamaNames.Head);

        // Some files store only one of two tied tensors, under either name.
        Embedding = config.TiedEmbeddings && hasHead && !hasEmbedding ? LlamaNames.Head : LlamaNames.Embedding;
        Head = config.TiedEmbeddings ? Embedding : LlamaNames.Head;
        All = [.. List()];
    }

    /// <summary>Name of the embedding; [vocabulary, D].</summary>
    public string Embedding { get; }

    /// <summary>Name of the output head; the embedding's if they are tied.</summary>
    public string Head { get; }

    /// <summary>Every tensor once, with the shape it has to have; matrices have two dimensions, norms and biases one.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> All { get; }

    /// <summary>Finds the tensors that <paramref name="config"/> describes.</summary>
    /// <exception cref="InputException">One is missing, has another shape or type than it should, or is there and not part of
    /// the architecture.</exception>
    public static BackboneTensors Find(LlamaConfig config, SafetensorsFolder files)
    {
        var tensors = new BackboneTensors(config, files);
        foreach (var (name, shape) in tensors.All)
        {
            tensors.Check(name, shape);
        }

        tensors.RefuseOthers();
        return tensors;
    }

    private IEnumerable<(string Name, long[] Shape)> List()
    {
        long hidden = _config.HiddenSize;
        yield return (Embedding, [_config.VocabularySize, hidden]);
        if (Head != Embedding)
        {
            yield return (Head, [_config.VocabularySize, hidden]);
        }

        yield return (LlamaNames.FinalNorm, [hidden]);
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            yield return (LlamaNames.InputNorm(layer), [hidden]);
            yield return (LlamaNames.PostAttentionNorm(layer), [hidden]);
            foreach (var linear in Enum.GetValues<Linear>())
            {
                yield return (LlamaNames.Weight(layer, linear), [_config.OutputWidth(linear), _config.InputWidth(linear)]);
                if (_config.Biased.Contains(linear))
                {
                    yield return (LlamaNames.Bias(layer, linear), [_config.OutputWidth(linear)]);
                }
            }
        }
    }

    private void Check(string name, long[] shape)
    {
        if (!_files.Tensors.TryGetValue(name, out var entry))
        {
            throw new InputException(
                _files.Location,
                $"tensor '{name}' is missing",
                $"Use a complete {_config.ModelType} folder, or correct config.json if it describes another model.");
        }

        if (!entry.Shape.SequenceEqual(shape))
        {
            throw new InputException(
                _files.FileOf(name).Location,
                $"tensor '{name}' is {entry.ShapeText}, and config.json needs [{string.Join(", ", shape)}]",
                "Use the config.json that belongs to these weights.");
        }

        if (entry.Dtype is not (
            SafetensorsDtype.F64 or SafetensorsDtype.F32 or SafetensorsDtype.BF16 or SafetensorsDtype.F16))
        {
            throw new InputException(
                _files.FileOf(name).Location,
                $"tensor '{name}' has type {entry.Dtype}, and a backbone's are F64, F32, BF16 or F16",
                "Convert the file to one of these.");
        }
    }

    /// <summary>A bias, a norm or a scale that nobody multiplies by would make another model of it, and nobody would see.
    /// </summary>
    private void RefuseOthers()
    {
        var known = All.Select(tensor => tensor.Name).Append(LlamaNames.Embedding).Append(LlamaNames.Head).ToHashSet();
        var others = _files.Tensors.Keys
            .Where(name => !known.Contains(name) && !name.EndsWith(RotaryBuffer, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (others.Count > 0)
        {
            throw new InputException(
                _files.FileOf(others[0]).Location,
                $"tensor '{others[0]}' is no part of the {_config.ModelType} that config.json describes"
                + (others.Count > 1 ? $", and {others.Count - 1} more are not" : ""),
                "Use the config.json that belongs to these weights; biases, quantisation and other layers change what the "
                + "model computes.");
        }
    }
}
