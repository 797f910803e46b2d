using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using MoR.Model.TorchFiles;
using static TorchSharp.torch;

namespace MoR.Model.Adapters;

/// <summary>
/// An adapter as a folder in PEFT's layout: <c>adapter_config.json</c> and <c>adapter.safetensors</c>. Folders of PEFT and
/// of MoE-PEFT are read too, see <see cref="AdapterPlan"/>.
/// </summary>
public static class AdapterFiles
{
    /// <summary>The tensors, F32.</summary>
    public const string TensorsName = "adapter.safetensors";

    /// <summary>What they mean.</summary>
    public const string ConfigName = "adapter_config.json";

    /// <summary>What PEFT itself calls the tensors' file (huggingface/peft, utils/constants.py).</summary>
    public const string PeftTensorsName = "adapter_model.safetensors";

    /// <summary>The same of MoE-PEFT, and of PEFT before 0.6: what <c>torch.save</c> writes.</summary>
    private const string TorchTensorsName = "adapter_model.bin";

    /// <summary>Writes the tensors. Equal parameters give equal bytes.</summary>
    public static void WriteTensors(ParameterVector parameters, Stream stream) =>
        WriteTensors(parameters, stream, new Dictionary<string, string> { ["format"] = "pt" });

    /// <summary>
    /// Writes the tensors of an adapter that leaves the program, to go with
    /// <see cref="AdapterConfigFile.WriteForOthers"/>: where that has no place for the backbone's fingerprint, the
    /// metadata has. PEFT does not look at it.
    /// </summary>
    public static void WriteTensorsForOthers(ParameterVector parameters, string? fingerprint, Stream stream)
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        if (AdapterLayout.Of(parameters).Spec.IsPlainLora && fingerprint is not null)
        {
            metadata[AdapterPlan.FingerprintKey] = fingerprint;
        }

        WriteTensors(parameters, stream, metadata);
    }

    /// <summary>What an adapter folder describes, before its tensors are read and checked against the backbone.</summary>
    /// <exception cref="InputException">The configuration is missing, malformed, or describes something unsupported.
    /// </exception>
    public static AdapterSpec ReadSpec(string folder, LlamaConfig config) => AdapterPlan.Read(
        Path.Combine(folder, ConfigName), new Dictionary<string, string>(), config, fingerprint: null, notice: _ => { }).Spec;

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
        using var tensors = OpenTensors(folder);
        var plan = AdapterPlan.Read(Path.Combine(folder, ConfigName), tensors.Metadata, config, fingerprint, notice);
        var parameters = new ParameterVector(new AdapterLayout(config, plan.Spec), dtype, device);
        try
        {
            Fill(parameters, tensors, plan, notice);
            return parameters;
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>Copies the tensors of a file that this program wrote into a vector of the same layout.</summary>
    public static void Fill(ParameterVector parameters, SafetensorsFile tensors, Action<string> notice) =>
        Fill(parameters, tensors, AdapterPlan.Own(AdapterLayout.Of(parameters).Spec), notice);

    private static void Fill(
        ParameterVector parameters, SafetensorsFile tensors, AdapterPlan plan, Action<string> notice)
    {
        using var scope = NewDisposeScope();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameters.Layout.Parameters)
        {
            if (plan.Stored(parameter) is not { } stored)
            {
                parameters.View(parameter).zero_();
                continue;
            }

            used.Add(stored.Name);
            Copy(parameters.View(parameter), tensors, Find(tensors, stored), stored);
        }

        RefuseUnknown(AdapterLayout.Of(parameters), tensors, used, notice);
    }

    private static TensorEntry Find(SafetensorsFile tensors, StoredTensor stored)
    {
        if (!tensors.Tensors.TryGetValue(stored.Name, out var entry))
        {
            throw new InputException(
                tensors.Location,
                $"tensor '{stored.Name}' is missing",
                "Write all tensors of the adapter, or correct adapter_config.json so that it describes this file.");
        }

        return entry.Shape.SequenceEqual([stored.Rows, stored.Columns])
            ? entry
            : throw new InputException(
                tensors.Location,
                $"tensor '{stored.Name}' is {entry.ShapeText}, and adapter and backbone need "
                + $"[{stored.Rows}, {stored.Columns}]",
                "Check rank, number of experts and sub-routers in adapter_config.json, and that the backbone is the one "
                + "the adapter was made for.");
    }

    private static void Copy(Tensor view, SafetensorsFile tensors, TensorEntry entry, StoredTensor stored)
    {
        using var scope = NewDisposeScope();
        if (stored.Rows < view.shape[0] || stored.Columns < view.shape[1])
        {
            view.zero_();
        }

        var corner = view.narrow(0, 0, stored.Rows).narrow(1, 0, stored.Columns);
        corner.copy_(stored.Factor == 1
            ? SafetensorsTensors.Load(tensors, entry, view.dtype, view.device)
            : SafetensorsTensors.Load(tensors, entry, float64, view.device) * stored.Factor);
    }

    private static void WriteTensors(
        ParameterVector parameters, Stream stream, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(
            stream,
            parameters.Layout.Parameters.Select(parameter =>
                SafetensorsTensors.Source(parameter.Name, parameters.View(parameter).to(float32))),
            metadata);
    }

    private static void RefuseUnknown(
        AdapterLayout layout, SafetensorsFile tensors, HashSet<string> used, Action<string> notice)
    {
        foreach (var name in tensors.Tensors.Keys.Where(name => !used.Contains(name)))
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

    /// <summary>The tensors of a folder, whichever of the three names they have.</summary>
    private static SafetensorsFile OpenTensors(string folder)
    {
        var torch = Path.Combine(folder, TorchTensorsName);
        foreach (var name in (string[])[TensorsName, PeftTensorsName])
        {
            if (File.Exists(Path.Combine(folder, name)))
            {
                return SafetensorsFile.Open(Path.Combine(folder, name));
            }
        }

        return File.Exists(torch)
            ? TorchArchive.ToSafetensors(torch)
            : SafetensorsFile.Open(Path.Combine(folder, TensorsName));
    }
}
