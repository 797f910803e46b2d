using System.Text;
using MoR.Cluster.Errors;
using MoR.Model.Json;

namespace MoR.Model.Backbone;

/// <summary>
/// Reads <c>config.json</c> (Hugging Face transformers) of the architectures that are a Llama with small changes, and
/// refuses, by name, what this program does not do. Defaults are those of transformers' configuration classes; keys whose
/// default there differs between versions or is no safe guess have to be present.
/// </summary>
public static class LlamaConfigFile
{
    private const string Damaged = "Check that it is a model's config.json, or download it again.";

    /// <summary>The values of <c>model_type</c> that are read.</summary>
    public static IReadOnlyList<string> Supported { get; } = ["llama", "mistral", "qwen2"];

    private static string Wrong { get; } =
        $"Use the folder of a supported architecture ({string.Join(", ", Supported)}), or correct the file.";

    /// <summary>Reads the architecture of the backbone in <paramref name="folder"/>.</summary>
    /// <exception cref="InputException">The file is missing, malformed, or describes something unsupported.</exception>
    public static LlamaConfig Read(string folder)
    {
        var file = Path.Combine(folder, "config.json");
        if (!Directory.Exists(folder))
        {
            throw new InputException(folder, "there is no such folder", "Set backbone.path to a Hugging Face model folder.");
        }

        if (!File.Exists(file))
        {
            throw new InputException(
                file, "the file is missing", "Set backbone.path to a Hugging Face model folder, which holds a config.json.");
        }

        return Read(JsonSection.Open(file, Damaged, Wrong));
    }

    /// <summary>Reads the architecture that a text describes.</summary>
    /// <param name="text">The <c>config.json</c>.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InputException">It is malformed, or describes something unsupported.</exception>
    public static LlamaConfig Parse(string text, string name) =>
        Read(JsonSection.Parse(Encoding.UTF8.GetBytes(text), name, Damaged, Wrong));

    private static LlamaConfig Read(JsonSection root)
    {
        var type = root.Word("model_type", Supported, "llama");
        root.Word("hidden_act", ["silu"], "silu");
        if (root.HasContent("quantization_config"))
        {
            throw root.Wrong(
                "quantization_config", "quantised weights are not supported, only F32, BF16 and F16 are");
        }

        var hidden = root.RequiredInteger("hidden_size", 1, 1 << 20);
        var heads = root.RequiredInteger("num_attention_heads", 1, 1 << 16);
        var layers = root.RequiredInteger("num_hidden_layers", 1, 1 << 12);
        var (theta, scaling) = RopeConfig.Read(root);
        return new LlamaConfig
        {
            ModelType = type,
            HiddenSize = hidden,
            IntermediateSize = root.RequiredInteger("intermediate_size", 1, 1 << 20),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = KeyValueHeads(root, type, heads),
            HeadSize = HeadSize(root, hidden, heads),
            VocabularySize = root.RequiredInteger("vocab_size", 1, 1 << 24),
            MaxPositions = root.Integer("max_position_embeddings", 1, 1 << 24) ?? 2048,
            NormEpsilon = root.Number("rms_norm_eps", 0, 1) ?? 1e-6,
            RopeTheta = theta,
            RopeScaling = scaling,
            Windows = WindowConfig.Read(root, type, layers),
            Biased = Biased(root, type),
            TiedEmbeddings = root.Flag("tie_word_embeddings"),
            EndOfText = root.Integers("eos_token_id", 0, int.MaxValue) ?? [],
        };
    }

    private static int KeyValueHeads(JsonSection root, string type, int heads)
    {
        // transformers' default is the number of heads for llama, and a constant for the others.
        var groups = type == "llama"
            ? root.Integer("num_key_value_heads", 1, heads) ?? heads
            : root.RequiredInteger("num_key_value_heads", 1, heads);
        return heads % groups == 0
            ? groups
            : throw root.Wrong("num_key_value_heads", $"{groups} does not divide num_attention_heads {heads}");
    }

    private static int HeadSize(JsonSection root, int hidden, int heads)
    {
        var given = root.Integer("head_dim", 2, 1 << 16);
        if (given is null && hidden % heads != 0)
        {
            throw root.Wrong("num_attention_heads", $"{heads} does not divide hidden_size {hidden}");
        }

        var size = given ?? hidden / heads;
        return size >= 2 && size % 2 == 0
            ? size
            : throw root.Wrong("head_dim", $"{size} is no even number from 2, and rotary embeddings rotate pairs");
    }

    /// <summary>
    /// Llama's linears have biases where <c>attention_bias</c> (q, k, v, o) and <c>mlp_bias</c> say so, Mistral's never,
    /// and Qwen2's q, k and v always (transformers, modeling_llama, modeling_mistral and modeling_qwen2).
    /// </summary>
    private static Linear[] Biased(JsonSection root, string type)
    {
        if (type == "llama")
        {
            return
            [
                .. root.Flag("attention_bias") ? [Linear.QProj, Linear.KProj, Linear.VProj, Linear.OProj] : (Linear[])[],
                .. root.Flag("mlp_bias") ? [Linear.GateProj, Linear.UpProj, Linear.DownProj] : (Linear[])[],
            ];
        }

        Linear[] biased = type == "qwen2" ? [Linear.QProj, Linear.KProj, Linear.VProj] : [];
        foreach (var (key, has) in (ReadOnlySpan<(string, bool)>)[("attention_bias", biased.Length > 0), ("mlp_bias", false)])
        {
            if (root.HasContent(key) && root.Flag(key) != has)
            {
                throw root.Wrong(key, $"{(has ? "false" : "true")} is not what {type} has, and is not supported");
            }
        }

        return biased;
    }
}
