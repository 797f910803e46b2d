using MoR.Coordinator.Configuration;
using MoR.Model.Backbone;
using MoR.Model.Runtime;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Models;

/// <summary>A backbone ready to compute: weights, threads, and (on first use) the tokenizer.</summary>
public sealed class LoadedBackbone : IDisposable
{
    private readonly Lazy<TextCodec> _text;

    private LoadedBackbone(string folder, LlamaBackbone backbone, MathPool pool, Action<string> notice)
    {
        (Folder, Backbone, Pool) = (folder, backbone, pool);
        Math = new MathPoolExecutor(pool);
        _text = new Lazy<TextCodec>(() => TextCodec.Load(folder, backbone.Config, notice));
    }

    /// <summary>The folder it came from.</summary>
    public string Folder { get; }

    /// <summary>The weights.</summary>
    public LlamaBackbone Backbone { get; }

    /// <summary>The architecture.</summary>
    public LlamaConfig Config => Backbone.Config;

    /// <summary>The threads.</summary>
    public MathPool Pool { get; }

    /// <summary>The engine's way to the threads.</summary>
    public MathPoolExecutor Math { get; }

    /// <summary>The tokenizer.</summary>
    public TextCodec Text => _text.Value;

    /// <summary>Loads a Hugging Face folder.</summary>
    public static LoadedBackbone Load(string folder, RecipeDtype dtype, string device, int threads, Action<string> notice)
    {
        var target = ComputeDevice.Parse(device);
        var config = LlamaConfigFile.Read(folder);
        var weights = LlamaWeights.Load(folder, config, dtype == RecipeDtype.F64 ? float64 : float32, target);
        var pool = new MathPool(threads);
        return new LoadedBackbone(folder, new LlamaBackbone(config, weights, pool), pool, notice);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The threads first: what one of them still computes may read weights that lie in the mapped file.
        Pool.Dispose();
        Backbone.Dispose();
    }
}
