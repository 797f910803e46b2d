using MoR.Coordinator.Configuration;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Models;

/// <summary>
/// A backbone's folder, opened and checked, before its weights take memory: architecture, names, shapes and types of the
/// tensors, and (on first use) the tokenizer.
/// </summary>
public sealed class BackboneFolder : IDisposable
{
    private readonly BackboneTensors _tensors;
    private readonly Lazy<TextCodec> _text;
    private SafetensorsFolder? _files;

    private BackboneFolder(string path, LlamaConfig config, SafetensorsFolder files, Action<string> notice)
    {
        (Path, Config, _files) = (path, config, files);
        _tensors = BackboneTensors.Find(config, files);
        _text = new Lazy<TextCodec>(() => TextCodec.Load(path, config, notice));
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The architecture.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The architecture as <c>config.json</c> says it.</summary>
    public string ConfigText => File.ReadAllText(System.IO.Path.Combine(Path, "config.json"));

    /// <summary>The tokenizer.</summary>
    public TextCodec Text => _text.Value;

    private SafetensorsFolder Files =>
        _files ?? throw new InvalidOperationException("the weights were loaded, or the folder was disposed of");

    /// <summary>Opens a Hugging Face folder.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">It is incomplete, contradicts itself, or is not supported.
    /// </exception>
    public static BackboneFolder Open(string path, Action<string> notice)
    {
        var config = LlamaConfigFile.Read(path);
        var files = SafetensorsFolder.Open(path);
        try
        {
            return new BackboneFolder(path, config, files, notice);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Names the weights, see <see cref="BackboneFingerprint"/>.</summary>
    public string Fingerprint() => BackboneFingerprint.Of(Config, Files);

    /// <summary>What the weights would take in memory.</summary>
    public WeightMemory MemoryIn(RecipeDtype dtype) => WeightMemory.Of(_tensors, Files, TypesOf(dtype));

    /// <summary>Loads the weights and starts the threads, once.</summary>
    public LoadedBackbone Load(RecipeDtype dtype, Device device, int threads)
    {
        var files = Files;
        _files = null;
        var pool = new MathPool(threads);
        try
        {
            var weights = LlamaWeights.Load(files, Config, TypesOf(dtype), device, pool);
            return new LoadedBackbone(Path, new LlamaBackbone(Config, weights, pool), pool, _text);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();

    private static WeightTypes TypesOf(RecipeDtype dtype) => dtype switch
    {
        RecipeDtype.F64 => WeightTypes.All(float64),
        RecipeDtype.BF16 => new WeightTypes(float32, bfloat16),
        _ => WeightTypes.All(float32),
    };
}
