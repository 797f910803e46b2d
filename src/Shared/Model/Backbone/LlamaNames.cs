namespace MoR.Model.Backbone;

/// <summary>Tensor names of a Llama in Hugging Face's files.</summary>
public static class LlamaNames
{
    /// <summary>[vocabulary, D].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>[vocabulary, D].</summary>
    public const string Head = "lm_head.weight";

    /// <summary>[D].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>[D].</summary>
    public static string InputNorm(int layer) => In(layer, "input_layernorm");

    /// <summary>[D].</summary>
    public static string PostAttentionNorm(int layer) => In(layer, "post_attention_layernorm");

    /// <summary>[out, in].</summary>
    public static string Weight(int layer, Linear linear) => In(layer, linear.Path());

    private static string In(int layer, string name) => $"model.layers.{layer}.{name}.weight";
}
