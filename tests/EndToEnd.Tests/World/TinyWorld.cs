using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MoR.Cluster.Random;
using MoR.Model.Backbone;

namespace MoR.EndToEnd.Tests.World;

/// <summary>
/// Everything that the program reads, a few kilobytes of it, in a folder that goes away with the test: a random
/// backbone with its tokenizer, a data set with its task file, and a recipe with a mixture of routers and everything
/// random on.
/// </summary>
internal sealed class TinyWorld : IDisposable
{
    /// <summary>Steps of the recipe.</summary>
    public const int Steps = 40;

    private const int TrainRows = 96;
    private const int DevRows = 40;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-world-");

    public TinyWorld()
    {
        foreach (var name in new[] { "backbone", "data" })
        {
            Directory.CreateDirectory(this[name]);
        }

        WriteBackbone("backbone", seed: 1);
        File.WriteAllText(Task, """
            name: colours
            format: tsv
            splits:
              train: train.tsv
              dev: dev.tsv
            prompt: "{text} red?"
            choices: ["yes", "no"]
            label: red
            exclude_seen: false
            """);
        WriteRows("data/train.tsv", TrainRows, seed: 2);
        WriteRows("data/dev.tsv", DevRows, seed: 3);
        File.WriteAllText(Recipe, $$"""
            name: tiny
            backbone: {path: backbone}
            data: {folder: data, tasks: [task.yaml], max_tokens: 32}
            experts: {count: 4, rank: 2, alpha: 4, dropout: 0.1, shards: 2}
            router: {kind: mor, sub_routers: 2, top_k: 2, balance_loss: 0.01, jitter: 0.05}
            training: {steps: {{Steps}}, batch_sequences: 6, micro_batch_sequences: 2, learning_rate: 1e-2}
            evaluation: {max_items: 20}
            checkpoint: {every_steps: 5}
            numerics: {threads: 2}
            """);
    }

    /// <summary>The architecture of the backbone.</summary>
    public static LlamaConfig Config { get; } = new()
    {
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 4,
        VocabularySize = TinyTokenizer.Tokens.Count,
        MaxPositions = 64,
        NormEpsilon = 1e-5,
        RopeTheta = 100,
        TiedEmbeddings = false,
        EndOfText = [0],
    };

    /// <summary>The folder of it all.</summary>
    public string Folder => _folder.FullName;

    public string Recipe => this["recipe.yaml"];

    public string Task => this["task.yaml"];

    public string Backbone => this["backbone"];

    /// <summary>A path in the folder.</summary>
    public string this[string path] => Path.Combine(Folder, path);

    /// <summary>Writes a whole backbone folder.</summary>
    public TinyTensors WriteBackbone(string name, ulong seed)
    {
        Directory.CreateDirectory(this[name]);
        var weights = TinyTensors.Llama(Config, seed);
        weights.Write(this[$"{name}/model.safetensors"]);
        File.WriteAllText(this[$"{name}/tokenizer.json"], TinyTokenizer.Json());
        File.WriteAllText(this[$"{name}/config.json"], ConfigJson().ToJsonString());
        return weights;
    }

    /// <summary>Changes a key of the backbone's <c>config.json</c>.</summary>
    public void SetConfig(string key, JsonNode? value)
    {
        var json = ConfigJson();
        json[key] = value;
        File.WriteAllText(this["backbone/config.json"], json.ToJsonString());
    }

    /// <summary>Replaces a part of a text file, which must be there.</summary>
    public void Edit(string path, string from, string to)
    {
        var text = File.ReadAllText(this[path]);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(this[path], text.Replace(from, to, StringComparison.Ordinal));
    }

    /// <summary>Every file and folder below the folder, with a hash of what files hold and links point to.</summary>
    public string[] Snapshot() =>
    [
        .. _folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{Path.GetRelativePath(Folder, entry.FullName)} {Content(entry)}")
            .Order(StringComparer.Ordinal),
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Content(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: { } target } => "-> " + target,
        FileInfo file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName))),
        _ => "/",
    };

    private static JsonObject ConfigJson() => new()
    {
        ["model_type"] = "llama",
        ["hidden_act"] = "silu",
        ["hidden_size"] = Config.HiddenSize,
        ["intermediate_size"] = Config.IntermediateSize,
        ["num_hidden_layers"] = Config.Layers,
        ["num_attention_heads"] = Config.Heads,
        ["num_key_value_heads"] = Config.KeyValueHeads,
        ["vocab_size"] = Config.VocabularySize,
        ["max_position_embeddings"] = Config.MaxPositions,
        ["rms_norm_eps"] = Config.NormEpsilon,
        ["rope_theta"] = Config.RopeTheta,
        ["tie_word_embeddings"] = false,
        ["eos_token_id"] = 0,
    };

    /// <summary>Words of letters; a word is red if it begins with r.</summary>
    private void WriteRows(string path, int rows, ulong seed)
    {
        var random = new CounterRandom(seed);
        using var file = new StreamWriter(this[path]) { NewLine = "\n" };
        file.WriteLine("text\tred");
        for (var row = 0; row < rows; row++)
        {
            var first = row % 2 == 0 ? 'r' : 'b';
            var rest = string.Concat(Enumerable.Range(0, 1 + (row % 5)).Select(_ => (char)('a' + random.NextBelow(6))));
            file.WriteLine($"{first}{rest}\t{(first == 'r' ? "yes" : "no")}");
        }
    }
}
