using System.Text.Json.Nodes;
using MoR.Model.Backbone;

namespace MoR.Model.Tests.Reference;

/// <summary>The <c>config.json</c> of an architecture, with the keys that transformers writes for it.</summary>
internal static class TinyConfig
{
    /// <summary>The file's object.</summary>
    public static JsonObject Json(LlamaConfig config)
    {
        var json = new JsonObject
        {
            ["model_type"] = config.ModelType,
            ["hidden_act"] = "silu",
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["num_hidden_layers"] = config.Layers,
            ["num_attention_heads"] = config.Heads,
            ["num_key_value_heads"] = config.KeyValueHeads,
            ["head_dim"] = config.HeadSize,
            ["vocab_size"] = config.VocabularySize,
            ["max_position_embeddings"] = config.MaxPositions,
            ["rms_norm_eps"] = config.NormEpsilon,
            ["rope_theta"] = config.RopeTheta,
            ["rope_scaling"] = Scaling(config.RopeScaling),
            ["tie_word_embeddings"] = config.TiedEmbeddings,
        };
        var window = config.Windows.FirstOrDefault(window => window is not null);
        switch (config.ModelType)
        {
            case "llama":
                json["attention_bias"] = config.Biased.Contains(Linear.OProj);
                json["mlp_bias"] = config.Biased.Contains(Linear.DownProj);
                break;
            case "mistral":
                json["sliding_window"] = window;
                break;
            case "qwen2":
                json["sliding_window"] = window;
                json["use_sliding_window"] = window is not null;
                json["max_window_layers"] = config.Windows.TakeWhile(layer => layer is null).Count();
                break;
        }

        return json;
    }

    private static JsonObject? Scaling(RopeScaling? scaling) => scaling switch
    {
        LinearRopeScaling linear => new JsonObject { ["type"] = "linear", ["factor"] = linear.Factor },
        Llama3RopeScaling llama => new JsonObject
        {
            ["rope_type"] = "llama3",
            ["factor"] = llama.Factor,
            ["low_freq_factor"] = llama.LowFrequencyFactor,
            ["high_freq_factor"] = llama.HighFrequencyFactor,
            ["original_max_position_embeddings"] = llama.OriginalPositions,
        },
        _ => null,
    };
}
