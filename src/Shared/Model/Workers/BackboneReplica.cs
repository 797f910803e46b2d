using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>
/// The frozen backbone of a worker: loaded when a coordinator asks for it, compared with the coordinator's before it is, and kept,
/// so that a coordinator that comes back finds it there.
/// </summary>
/// <param name="folder">Where it is; null for where the coordinator's is, on a disk that both see.</param>
/// <param name="device">Where it is loaded to.</param>
/// <param name="pool">Where it computes; not owned.</param>
public sealed class BackboneReplica(string? folder, Device device, MathPool pool) : IDisposable
{
    private const int ShownDigits = 12;
    private (string Fingerprint, WeightTypes Types, LlamaBackbone Backbone)? _loaded;

    /// <summary>Where it computes.</summary>
    public MathPool Pool => pool;

    /// <summary>The backbone that a coordinator trains on; stays this object's.</summary>
    /// <exception cref="InputException">It is not there, or it is another one.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public LlamaBackbone Load(LlamaConfig config, Replica replica, WeightTypes types, CancellationToken stop)
    {
        if (_loaded is { } loaded && loaded.Fingerprint == replica.Fingerprint && loaded.Types == types)
        {
            return loaded.Backbone;
        }

        Dispose();
        var backbone = Open(config, replica, types, stop);
        _loaded = (replica.Fingerprint, types, backbone);
        return backbone;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loaded?.Backbone.Dispose();
        _loaded = null;
    }

    private LlamaBackbone Open(LlamaConfig config, Replica replica, WeightTypes types, CancellationToken stop)
    {
        var path = folder ?? replica.Path;
        if (!Directory.Exists(path))
        {
            throw new InputException(
                "--backbone", $"{path} is not on this machine; it is where the coordinator has its backbone",
                "Give --backbone DIR with a copy of the coordinator's backbone.");
        }

        var files = SafetensorsFolder.Open(path);
        try
        {
            var fingerprint = BackboneFingerprint.Of(config, files);
            if (fingerprint != replica.Fingerprint)
            {
                throw new InputException(
                    "--backbone",
                    $"{path} has the fingerprint {Short(fingerprint)}, and the coordinator trains on {Short(replica.Fingerprint)}",
                    "Give a copy of the coordinator's backbone.");
            }

            return new LlamaBackbone(config, LlamaWeights.Load(files, config, types, device, pool, stop), pool);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private static string Short(string fingerprint) => fingerprint[..Math.Min(ShownDigits, fingerprint.Length)];
}
