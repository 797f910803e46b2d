using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Coordinator.Export;

/// <summary>An adapter of any kind, read for its backbone, to be written for other programs.</summary>
internal sealed class PortableAdapter : IDisposable
{
    private const string ModuleName = "mor_adapter.py";
    private const string CardName = "README.md";

    private readonly ParameterVector _parameters;
    private readonly string _fingerprint;

    private PortableAdapter(ParameterVector parameters, string fingerprint) =>
        (_parameters, _fingerprint) = (parameters, fingerprint);

    /// <summary>Reads an adapter and checks it against the backbone's architecture and fingerprint.</summary>
    /// <exception cref="MorException">One of the folders is missing or damaged, or they do not belong together.</exception>
    public static PortableAdapter Load(string folder, string backbone, Action<string> notice)
    {
        using var opened = BackboneFolder.Open(backbone, notice);
        var fingerprint = opened.Fingerprint();
        return new PortableAdapter(
            AdapterFiles.Load(folder, opened.Config, fingerprint, float32, CPU, notice), fingerprint);
    }

    /// <summary>Writes the folder, whole or not at all.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="path">The folder to make.</param>
    /// <param name="title">The model card's title.</param>
    /// <param name="origin">Where the adapter comes from; the end of a sentence.</param>
    /// <param name="baseModel">What the configuration calls the backbone.</param>
    /// <returns>What <c>--json</c> prints.</returns>
    public JsonObject Write(IDisk disk, string path, string title, string origin, string baseModel)
    {
        var spec = AdapterLayout.Of(_parameters).Spec;
        var card = new ModelCard(title, origin, baseModel, _fingerprint, spec, _parameters.Layout.TrainedCount);
        var written = AdapterFolder.Write(disk, path,
        [
            new(AdapterFiles.PeftTensorsName, stream =>
                AdapterFiles.WriteTensorsForOthers(_parameters, _fingerprint, stream)),
            new(AdapterFiles.ConfigName, stream =>
                AdapterConfigFile.WriteForOthers(spec, baseModel, _fingerprint, stream)),
            new(ModuleName, WriteModule),
            new(CardName, stream => stream.Write(Encoding.UTF8.GetBytes(card.Text()))),
        ]);
        return new JsonObject
        {
            ["output"] = path,
            ["router"] = spec.Router.Kind,
            ["peft"] = spec.IsPlainLora,
            ["parameters"] = _parameters.Layout.TrainedCount,
            ["adapter_sha256"] = written[0].Sha256,
            ["base_model"] = baseModel,
            ["backbone_fingerprint"] = _fingerprint,
        };
    }

    public void Dispose() => _parameters.Dispose();

    private static void WriteModule(Stream stream)
    {
        using var module = typeof(PortableAdapter).Assembly.GetManifestResourceStream("MoR.Coordinator." + ModuleName)
            ?? throw new InvalidOperationException($"{ModuleName} is not in the program.");
        module.CopyTo(stream);
    }
}
