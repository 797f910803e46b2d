namespace MoR.Model.Backbone;

/// <summary>Tensor names of Llama's family in Hugging Face's files.</summary>
public static class LlamaNames
{
    /// <summary>[vocabulary, D].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>[vocabulary, D].</summary>
    public const string Head = "lm_head.weight";

    /// <summary>[D].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>[D].</summary>
    public static string InputNorm(int layer) => WeightOf(layer, "input_layernorm");

    /// <summary>[D].</summary>
    public static string PostAttentionNorm(int layer) => WeightOf(layer, "post_attention_layernorm");

    /// <summary>[out, in].</summary>
    public static string Weight(int layer, Linear linear) => WeightOf(layer, linear.Path());

    /// <summary>Of a linear that has one; [out].</summary>
    public static string Bias(int layer, Linear linear) => $"{In(layer)}.{linear.Path()}.bias";

    private static string WeightOf(int layer, string name) => $"{In(layer)}.{name}.weight";

    private static string In(int layer) => $"model.layers.{layer}";
}
