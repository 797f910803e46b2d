using System.Text.Json.Nodes;
using MoR.Cluster.Random;
using MoR.Coordinator.Pretraining;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Pretraining;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>Random weights and tokens of a shape, in a temporary folder, for all contenders alike.</summary>
internal sealed class MadeModel : IDisposable
{
    private const ulong Seed = 1;
    private const ulong TokenStream = 0x42454E43; // "BENC"
    private const double Deviation = 0.02;

    /// <summary>Writes the files.</summary>
    public MadeModel(BenchmarkShape shape)
    {
        Shape = shape;
        Folder = Directory.CreateTempSubdirectory("mor-bench-").FullName;
        using (var stream = File.Create(Path.Combine(Folder, "config.json")))
        {
            LlamaConfigWriter.Write(shape.Config, "float32", beginningOfText: null, stream);
        }

        using var weights = new ParameterVector(new BackboneLayout(shape.Config, Deviation), float32, CPU);
        weights.Initialise(Seed);
        using var file = File.Create(BackboneFile);
        BackboneCheckpoint.WriteTensors(weights, float32, file);
    }

    /// <summary>What was made.</summary>
    public BenchmarkShape Shape { get; }

    /// <summary>The backbone, as Hugging Face stores a Llama, without a tokenizer.</summary>
    public string Folder { get; }

    /// <summary>Its weights.</summary>
    public string BackboneFile => Path.Combine(Folder, "model.safetensors");

    /// <summary>The adapter that training starts from; <see cref="WriteAdapter"/> writes it.</summary>
    public string AdapterFile => Path.Combine(Folder, AdapterFiles.TensorsName);

    /// <summary>
    /// Gives an adapter its initial values, those that are zero by default included: with B = 0 an expert would get no
    /// gradient in the first step, and nobody would see a wrong one.
    /// </summary>
    public static void Randomise(ParameterVector parameters)
    {
        using var scope = NewDisposeScope();
        foreach (var parameter in parameters.Layout.Parameters.Where(parameter => parameter.Initial == InitialValue.Zero))
        {
            var values = new float[parameter.Count];
            new CounterRandom(Seed, NameHash.Of(parameter.Name)).Fill(values);
            parameters.View(parameter).copy_((tensor(values, parameter.Shape) - 0.5) * (2 * Deviation));
        }
    }

    /// <summary>Writes an adapter for those who read it.</summary>
    public void WriteAdapter(ParameterVector parameters)
    {
        using var file = File.Create(AdapterFile);
        AdapterFiles.WriteTensors(parameters, file);
    }

    /// <summary>Writes an adapter as a folder that <c>mor generate</c> reads, and returns its path.</summary>
    /// <param name="router">The routing method.</param>
    public string WriteAdapterFolder(string router)
    {
        var spec = Shape.Adapter(router);
        var folder = Directory.CreateDirectory(Path.Combine(Folder, router)).FullName;
        using (var config = File.Create(Path.Combine(folder, AdapterFiles.ConfigName)))
        {
            AdapterConfigFile.Write(spec, Folder, fingerprint: null, config);
        }

        using var parameters = new ParameterVector(new AdapterLayout(Shape.Config, spec), float32, CPU);
        parameters.Initialise(Seed);
        Randomise(parameters);
        using var file = File.Create(Path.Combine(folder, AdapterFiles.TensorsName));
        AdapterFiles.WriteTensors(parameters, file);
        return folder;
    }

    /// <summary>Writes a tokenizer that has a word for every token, for those who turn tokens into text.</summary>
    public void WriteTokenizer()
    {
        var words = Enumerable.Range(0, Shape.Config.VocabularySize)
            .Select(token => KeyValuePair.Create($"t{token}", (JsonNode?)token));
        var model = new JsonObject { ["type"] = "BPE", ["vocab"] = new JsonObject(words), ["merges"] = new JsonArray() };
        File.WriteAllText(
            Path.Combine(Folder, "tokenizer.json"), new JsonObject { ["version"] = "1.0", ["model"] = model }.ToJsonString());
    }

    /// <summary>The sequences of a batch: one token more than they have inputs; [sequences][length + 1].</summary>
    public int[][] Tokens(int batch) =>
    [
        .. Enumerable.Range(0, Shape.Sequences).Select(sequence =>
        {
            var values = new float[Shape.Length + 1];
            new CounterRandom(Seed, TokenStream, (ulong)batch, (ulong)sequence).Fill(values);
            return Array.ConvertAll(values, value => (int)(value * Shape.Config.VocabularySize));
        }),
    ];

    /// <summary>The same as micro-batches that predict every token.</summary>
    public List<PackedBatch> MicroBatches(int batch) =>
    [
        .. Tokens(batch)
            .Chunk(Shape.MicroBatchSequences)
            .Select(sequences => PackedBatch.ForPrediction(sequences.Select(tokens => (tokens, 1)))),
    ];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
