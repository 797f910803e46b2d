using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using static TorchSharp.torch;

namespace MoR.Model.Adapters;

/// <summary>An adapter as a folder in PEFT's layout: <c>adapter_config.json</c> and <c>adapter.safetensors</c>.</summary>
public static class AdapterFiles
{
    /// <summary>The tensors, F32.</summary>
    public const string TensorsName = "adapter.safetensors";

    /// <summary>What they mean.</summary>
    public const string ConfigName = "adapter_config.json";

    /// <summary>What PEFT itself calls the tensors' file; accepted when reading.</summary>
    private const string PeftTensorsName = "adapter_model.safetensors";

    /// <summary>Writes the tensors. Equal parameters give equal bytes.</summary>
    public static void WriteTensors(ParameterVector parameters, Stream stream)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(
            stream,
            parameters.Layout.Parameters.Select(parameter =>
                SafetensorsTensors.Source(parameter.Name, parameters.View(parameter).to(float32))),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Reads an adapter folder for a backbone.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">The backbone's architecture.</param>
    /// <param name="fingerprint">The backbone's fingerprint; an adapter that names another is refused.</param>
    /// <param name="dtype">Type to compute in.</param>
    /// <param name="device">Where to.</param>
    /// <param name="notice">Told what was ignored, a sentence each.</param>
    /// <exception cref="InputException">A file or tensor is missing, malformed, of another shape, or unknown.</exception>
    public static ParameterVector Load(
        string folder, LlamaConfig config, string fingerprint, ScalarType dtype, Device device, Action<string> notice)
    {
        using var tensors = SafetensorsFile.Open(TensorsFile(folder));
        var spec = AdapterConfigFile.Read(Path.Combine(folder, ConfigName), config, fingerprint, notice);
        var parameters = new ParameterVector(new AdapterLayout(config, spec), dtype, device);
        try
        {
            Fill(parameters, tensors, notice);
            return parameters;
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>Copies a file's tensors into a vector of the same layout.</summary>
    public static void Fill(ParameterVector parameters, SafetensorsFile tensors, Action<string> notice)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in parameters.Layout.Parameters)
        {
            if (!tensors.Tensors.TryGetValue(parameter.Name, out var entry))
            {
                throw new InputException(
                    tensors.Location,
                    $"tensor '{parameter.Name}' is missing",
                    "Write all tensors of the adapter, or correct adapter_config.json so that it describes this file.");
            }

            if (!entry.Shape.SequenceEqual(parameter.Shape))
            {
                throw new InputException(
                    tensors.Location,
                    $"tensor '{parameter.Name}' is {entry.ShapeText}, and adapter and backbone need {parameter.ShapeText}",
                    "Check rank, number of experts and sub-routers in adapter_config.json, and that the backbone is the one "
                    + "the adapter was made for.");
            }

            parameters.View(parameter).copy_(
                SafetensorsTensors.Load(tensors, entry, parameters.Values.dtype, parameters.Values.device));
        }

        RefuseUnknown(AdapterLayout.Of(parameters), tensors, notice);
    }

    private static void RefuseUnknown(AdapterLayout layout, SafetensorsFile tensors, Action<string> notice)
    {
        var known = layout.Parameters.Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in tensors.Tensors.Keys.Where(name => !known.Contains(name)))
        {
            if (name.EndsWith(".router.main.weight", StringComparison.Ordinal) && layout.Spec.Router.SubRouters == 1)
            {
                notice($"{tensors.Location}: '{name}' has no effect, because a single sub-router always has weight 1.");
                continue;
            }

            throw new InputException(
                tensors.Location,
                $"tensor '{name}' does not belong to the adapter that adapter_config.json describes",
                "Check target_modules, router.scope, the numbers of experts and sub-routers and of the backbone's layers.");
        }
    }

    private static string TensorsFile(string folder)
    {
        var file = Path.Combine(folder, TensorsName);
        var peft = Path.Combine(folder, PeftTensorsName);
        return File.Exists(file) || !File.Exists(peft) ? file : peft;
    }
}
