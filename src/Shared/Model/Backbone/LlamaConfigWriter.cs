using System.Text.Json;

namespace MoR.Model.Backbone;

/// <summary>Writes <c>config.json</c> with the keys that Hugging Face transformers' Llama reads.</summary>
public static class LlamaConfigWriter
{
    /// <summary>Writes the file; equal architectures give equal bytes.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="dtype">Type of the stored weights, such as <c>float32</c> or <c>bfloat16</c>.</param>
    /// <param name="beginningOfText">The token that the tokenizer puts before a text, or null.</param>
    /// <param name="stream">Where to.</param>
    /// <exception cref="ArgumentException">It is no plain Llama, which is all that is pretrained.</exception>
    public static void Write(LlamaConfig config, string dtype, int? beginningOfText, Stream stream)
    {
        if (config is not { ModelType: "llama", RopeScaling: null, Windows: [], Biased: [] })
        {
            throw new ArgumentException("only a Llama without biases, windows and scaled positions is written", nameof(config));
        }

        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartArray("architectures");
        json.WriteStringValue("LlamaForCausalLM");
        json.WriteEndArray();
        json.WriteString("model_type", "llama");
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        json.WriteNumber("head_dim", config.HeadSize);
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteNumber("rms_norm_eps", config.NormEpsilon);
        json.WriteNumber("rope_theta", config.RopeTheta);
        json.WriteBoolean("attention_bias", false);
        json.WriteBoolean("mlp_bias", false);
        json.WriteBoolean("tie_word_embeddings", config.TiedEmbeddings);
        if (beginningOfText is { } begin)
        {
            json.WriteNumber("bos_token_id", begin);
        }

        if (config.EndOfText.Count > 0)
        {
            json.WriteNumber("eos_token_id", config.EndOfText[0]);
        }

        json.WriteString("torch_dtype", dtype);
        json.WriteEndObject();
    }
}
