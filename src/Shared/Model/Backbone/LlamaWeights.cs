using MoR.Cluster.Errors;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using MoR.Torch.Runtime;
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

    private LlamaWeights(
        SafetensorsFolder files, LlamaConfig config, WeightTypes types, BackboneTensors tensors,
        IReadOnlyDictionary<string, Tensor> loaded)
    {
        _files = files;
        Types = types;
        var layers = Enumerable.Range(0, config.Layers).ToArray();
        Embedding = loaded[tensors.Embedding];
        Head = loaded[tensors.Head];
        FinalNorm = loaded[LlamaNames.FinalNorm];
        InputNorm = [.. layers.Select(layer => loaded[LlamaNames.InputNorm(layer)])];
        PostAttentionNorm = [.. layers.Select(layer => loaded[LlamaNames.PostAttentionNorm(layer)])];
        _linears = PerLinear(linear => true, LlamaNames.Weight)!;
        _biases = PerLinear(config.Biased.Contains, LlamaNames.Bias);
        Fingerprint = BackboneFingerprint.Of(config, files);

        Tensor?[][] PerLinear(Func<Linear, bool> exists, Func<int, Linear, string> name) =>
            [.. layers.Select(layer => Enum.GetValues<Linear>()
                .Select(linear => exists(linear) ? loaded[name(layer, linear)] : null).ToArray())];
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

    /// <summary>Every tensor once, under its Hugging Face name.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Named()
    {
        yield return (LlamaNames.Embedding, Embedding);
        if (Head != Embedding)
        {
            yield return (LlamaNames.Head, Head);
        }

        yield return (LlamaNames.FinalNorm, FinalNorm);
        for (var layer = 0; layer < _linears.Length; layer++)
        {
            yield return (LlamaNames.InputNorm(layer), InputNorm[layer]);
            yield return (LlamaNames.PostAttentionNorm(layer), PostAttentionNorm[layer]);
            foreach (var linear in Enum.GetValues<Linear>())
            {
                yield return (LlamaNames.Weight(layer, linear), Linear(layer, linear));
                if (Bias(layer, linear) is { } bias)
                {
                    yield return (LlamaNames.Bias(layer, linear), bias);
                }
            }
        }
    }

    /// <summary>Loads the weights of a Hugging Face folder, all in one type.</summary>
    /// <exception cref="InputException">A tensor is missing or is not what config.json says.</exception>
    public static LlamaWeights Load(
        string folder, LlamaConfig config, ScalarType dtype, Device device, MathPool pool) =>
        Load(SafetensorsFolder.Open(folder), config, WeightTypes.All(dtype), device, pool);

    /// <summary>Loads weights, and owns the files from then on, also if it fails.</summary>
    /// <param name="files">The files.</param>
    /// <param name="config">Their architecture.</param>
    /// <param name="types">Types to keep them in.</param>
    /// <param name="device">Where to.</param>
    /// <param name="pool">Threads that share the tensors to be converted.</param>
    /// <param name="stop">Gives up between tensors.</param>
    /// <exception cref="InputException">A tensor is missing or is not what config.json says.</exception>
    public static LlamaWeights Load(
        SafetensorsFolder files, LlamaConfig config, WeightTypes types, Device device, MathPool pool, CancellationToken stop = default)
    {
        var loaded = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            var tensors = BackboneTensors.Find(config, files);
            pool.For(tensors.All.Count, index =>
            {
                stop.ThrowIfCancellationRequested();
                var entry = files.Tensors[tensors.All[index].Name];
                var tensor = SafetensorsTensors.Load(files.FileOf(entry.Name), entry, types.Of(entry), device);
                lock (loaded)
                {
                    loaded.Add(entry.Name, tensor.DetachFromDisposeScope());
                }
            });
            return new LlamaWeights(files, config, types, tensors, loaded);
        }
        catch
        {
            foreach (var tensor in loaded.Values)
            {
                tensor.Dispose();
            }

            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, tensor) in Named())
        {
            tensor.Dispose();
        }

        _files.Dispose();
    }
}
