using MoR.Model.Backbone;
using MoR.Model.Runtime;
using MoR.Torch.Runtime;

namespace MoR.Coordinator.Models;

/// <summary>A backbone ready to compute: weights, threads, and (on first use) the tokenizer.</summary>
public sealed class LoadedBackbone : IDisposable
{
    private readonly Lazy<TextCodec> _text;

    /// <summary>Takes ownership of backbone and threads; <see cref="BackboneFolder.Load"/> makes them.</summary>
    internal LoadedBackbone(string folder, LlamaBackbone backbone, MathPool pool, Lazy<TextCodec> text)
    {
        (Folder, Backbone, Pool, _text) = (folder, backbone, pool, text);
        Math = new MathPoolExecutor(pool);
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

    /// <inheritdoc/>
    public void Dispose()
    {
        // The threads first: what one of them still computes may read weights that lie in the mapped file.
        Pool.Dispose();
        Backbone.Dispose();
    }
}
