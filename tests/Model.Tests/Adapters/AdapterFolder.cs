using MoR.Cluster.Random;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;
using MoR.Model.Tests.TorchFiles;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Adapters;

/// <summary>
/// An adapter folder as another program would write it: tensors under the documented names, F32, and a configuration
/// written by hand. Nothing of it comes from the code that reads it.
/// </summary>
internal sealed class AdapterFolder : IDisposable
{
    private const string Fingerprint = "abcdef0123456789";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-adapter-");

    /// <summary>Where it is.</summary>
    public string Path => _folder.FullName;

    /// <summary>Shape and values of every tensor.</summary>
    public Dictionary<string, (long[] Shape, double[] Values)> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The text of adapter_config.json.</summary>
    public string Config { get; set; } = "";

    /// <summary>What the values are stored as: F32, BF16 or F16.</summary>
    public SafetensorsDtype Dtype { get; set; } = SafetensorsDtype.F32;

    /// <summary>Adds one tensor under PEFT's prefix.</summary>
    public void Add(string name, params long[] shape) => AddWhole("base_model.model.model." + name, shape);

    /// <summary>Adds one tensor of normal values that the stored type holds.</summary>
    public void AddWhole(string name, params long[] shape)
    {
        var random = new CounterRandom(99, (ulong)Tensors.Count);
        var values = new double[shape[0] * shape[1]];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Round(random.NextGaussian() / Math.Sqrt(shape[1]));
        }

        Tensors[name] = (shape, values);
    }

    /// <summary>The product of a matrix with a row, as a reference needs it.</summary>
    public double[] Times(string name, double[] x) => ReferenceModel.Multiply(Tensors[name].Values, x);

    /// <summary>Adds the two matrices of an expert, or of plain LoRA where <paramref name="expert"/> is null.</summary>
    public void AddExpert(int layer, string linear, int? expert, int rank, int input, int output)
    {
        var name = $"layers.{layer}.{linear}." + (expert is null ? "" : $"experts.{expert}.");
        Add(name + "lora_A.weight", rank, input);
        Add(name + "lora_B.weight", output, rank);
    }

    /// <summary>Adds the sub-routers of a site, and a main router if there are several.</summary>
    public void AddRouter(int layer, string site, int subRouters, int experts, int input)
    {
        for (var j = 0; j < subRouters; j++)
        {
            Add($"layers.{layer}.{site}.router.sub.{j}.weight", experts, input);
        }

        if (subRouters > 1)
        {
            Add($"layers.{layer}.{site}.router.main.weight", subRouters, input);
        }
    }

    /// <summary>Writes both files; <c>.bin</c> in the format of <c>torch.save</c>.</summary>
    public void Write(string tensorsName = "adapter.safetensors")
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "adapter_config.json"), Config);
        using var file = File.Create(System.IO.Path.Combine(Path, tensorsName));
        if (tensorsName.EndsWith(".bin", StringComparison.Ordinal))
        {
            TorchFile.Write(file, Dtype, Tensors.Select(item => (item.Key, item.Value.Shape, Encode(item.Value.Values))));
            return;
        }

        SafetensorsWriter.Write(file, Tensors.Select(item => new TensorSource(
            item.Key, Dtype, item.Value.Shape, Encode(item.Value.Values))));
    }

    /// <summary>Loads it as the program does.</summary>
    public ParameterVector Load(LlamaConfig config, List<string>? notices = null) =>
        AdapterFiles.Load(Path, config, Fingerprint, ScalarType.Float32, CPU, (notices ?? []).Add);

    /// <summary>The reference over these tensors.</summary>
    public ReferenceModel Reference(TinyBackbone tiny, AdapterSpec spec) => new(
        tiny.Config, tiny.Values, spec, Tensors.ToDictionary(item => item.Key, item => item.Value.Values));

    public void Dispose() => _folder.Delete(recursive: true);

    private double Round(double value) => Dtype switch
    {
        SafetensorsDtype.F16 => (double)(Half)value,
        SafetensorsDtype.BF16 => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)value) & ~0xFFFF),
        _ => (float)value,
    };

    /// <summary>Exact: the values are such that the type holds them.</summary>
    private byte[] Encode(double[] values) =>
    [
        .. values.SelectMany(value => Dtype switch
        {
            SafetensorsDtype.F16 => BitConverter.GetBytes((Half)value),
            SafetensorsDtype.BF16 => BitConverter.GetBytes((float)value)[2..],
            _ => BitConverter.GetBytes((float)value),
        }),
    ];
}
