using System.Text.Json;
using MoR.Cluster.Errors;

namespace MoR.Model.Backbone;

/// <summary>Reads <c>config.json</c> (Hugging Face transformers) and refuses, by name, what this program does not do.</summary>
public sealed class LlamaConfigFile
{
    private const long MaxBytes = 1 << 20;
    private readonly string _file;
    private readonly JsonElement _root;

    private LlamaConfigFile(string file, JsonElement root) => (_file, _root) = (file, root);

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

        if (new FileInfo(file).Length > MaxBytes)
        {
            throw new InputException(file, $"it is larger than {MaxBytes} bytes", "Check that it is a model's config.json.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return new LlamaConfigFile(file, document.RootElement).Read();
        }
        catch (JsonException cause)
        {
            throw new InputException(file, $"it is not valid JSON ({cause.Message})", "Download the file again.", cause);
        }
        catch (IOException cause)
        {
            throw new InputException(file, $"it cannot be read ({cause.Message})", "Check the file and its permissions.", cause);
        }
    }

    private LlamaConfig Read()
    {
        if (_root.ValueKind != JsonValueKind.Object)
        {
            throw new InputException(_file, "it is not a JSON object", "Download the file again.");
        }

        RefuseUnsupported();
        var hidden = Integer("hidden_size", null, 1, 1 << 20);
        var heads = Integer("num_attention_heads", null, 1, 1 << 16);
        var keyValueHeads = Integer("num_key_value_heads", heads, 1, heads);
        if (heads % keyValueHeads != 0)
        {
            throw Wrong("num_key_value_heads", $"{keyValueHeads} does not divide num_attention_heads {heads}");
        }

        if (Element("head_dim") is null && hidden % heads != 0)
        {
            throw Wrong("num_attention_heads", $"{heads} does not divide hidden_size {hidden}");
        }

        var headSize = Integer("head_dim", hidden / heads, 2, 1 << 16);
        if (headSize % 2 != 0)
        {
            throw Wrong("head_dim", $"{headSize} is odd, and rotary embeddings rotate pairs");
        }

        return new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = Integer("intermediate_size", null, 1, 1 << 20),
            Layers = Integer("num_hidden_layers", null, 1, 1 << 12),
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = headSize,
            VocabularySize = Integer("vocab_size", null, 1, 1 << 24),
            MaxPositions = Integer("max_position_embeddings", 2048, 1, 1 << 24),
            NormEpsilon = Number("rms_norm_eps", 1e-6, 0, 1),
            RopeTheta = Number("rope_theta", 10000, 1, 1e12),
            TiedEmbeddings = Flag("tie_word_embeddings", false),
            EndOfText = EndOfText(),
        };
    }

    private void RefuseUnsupported()
    {
        Expect("model_type", "llama", "llama");
        Expect("hidden_act", "silu", "silu");
        foreach (var key in (string[])["attention_bias", "mlp_bias"])
        {
            if (Flag(key, false))
            {
                throw Wrong(key, "true is not supported (linears have no bias here)");
            }
        }

        if (Element("rope_scaling") is { } scaling)
        {
            throw Wrong("rope_scaling", $"{scaling.GetRawText()} is not supported, only null is");
        }
    }

    private void Expect(string key, string fallback, string supported)
    {
        var value = Element(key);
        var text = value is null ? fallback : value.Value.ValueKind == JsonValueKind.String ? value.Value.GetString() : null;
        if (text != supported)
        {
            throw Wrong(key, $"{value?.GetRawText()} is not supported, only \"{supported}\" is");
        }
    }

    private int[] EndOfText()
    {
        if (Element("eos_token_id") is not { } value)
        {
            return [];
        }

        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var id) && id >= 0
            ? id
            : throw Wrong("eos_token_id", $"{value.GetRawText()} is not a token id or a list of token ids"))];
    }

    private int Integer(string key, int? fallback, int least, int most)
    {
        if (Element(key) is not { } value)
        {
            return fallback ?? throw Wrong(key, "the key is missing");
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
        {
            throw Wrong(key, $"{value.GetRawText()} is not a whole number");
        }

        return number >= least && number <= most
            ? number
            : throw Wrong(key, $"{number} is out of range, {least} to {most} is allowed");
    }

    private double Number(string key, double fallback, double least, double most)
    {
        if (Element(key) is not { } value)
        {
            return fallback;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            throw Wrong(key, $"{value.GetRawText()} is not a number");
        }

        return number >= least && number <= most
            ? number
            : throw Wrong(key, $"{number} is out of range, {least} to {most} is allowed");
    }

    private bool Flag(string key, bool fallback) => Element(key) switch
    {
        null => fallback,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, $"{value.GetRawText()} is neither true nor false"),
    };

    private JsonElement? Element(string key) =>
        _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private InputException Wrong(string key, string problem) =>
        new(_file, $"{key}: {problem}", "Use a Llama-architecture folder, or correct the file.");
}
