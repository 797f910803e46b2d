using MoR.Model.Json;

namespace MoR.Model.Backbone;

/// <summary>
/// The sliding window's keys in <c>config.json</c>. Mistral's <c>sliding_window</c> counts in all layers; Qwen2's counts if
/// <c>use_sliding_window</c> is true, in the layers from <c>max_window_layers</c> on or, where it is given, in those that
/// <c>layer_types</c> calls sliding (transformers, configuration_mistral and configuration_qwen2).
/// </summary>
internal static class WindowConfig
{
    private const string WindowKey = "sliding_window";
    private const string LayersKey = "layer_types";
    private const string Sliding = "sliding_attention";
    private const string Full = "full_attention";

    /// <summary>Per layer the window, or null where a query sees every key before it; empty if all layers do.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">A key is wrong, or contradicts another.</exception>
    public static IReadOnlyList<int?> Read(JsonSection root, string type, int layers)
    {
        var window = Window(root, type);
        var types = LayerTypes(root, layers);
        if (window is null)
        {
            return types?.Contains(Sliding) is true
                ? throw root.Wrong(LayersKey, $"it has layers of {Sliding}, and no window is set for {type}")
                : [];
        }

        if (type == "mistral")
        {
            // transformers gives every layer of a mistral the window, whatever layer_types says.
            return types?.Contains(Full) is true
                ? throw root.Wrong(LayersKey, $"it has layers of {Full}, which is not supported for {type} with {WindowKey}")
                : [.. Enumerable.Repeat(window, layers)];
        }

        var first = types is null ? root.RequiredInteger("max_window_layers", 0, 1 << 12) : 0;
        return [.. Enumerable.Range(0, layers).Select(layer =>
            (types is null ? layer >= first : types[layer] == Sliding) ? window : null)];
    }

    private static int? Window(JsonSection root, string type)
    {
        if (type == "mistral" || (type == "qwen2" && root.Flag("use_sliding_window")))
        {
            return root.Has(WindowKey)
                ? root.Integer(WindowKey, 1, 1 << 24)
                : throw root.Wrong(WindowKey, "the key is missing (null turns it off)");
        }

        return type == "llama" && root.HasContent(WindowKey)
            ? throw root.Wrong(WindowKey, "a llama has none; if the model has one, its model_type is another")
            : null;
    }

    private static IReadOnlyList<string>? LayerTypes(JsonSection root, int layers)
    {
        if (root.Texts(LayersKey) is not { } types)
        {
            return null;
        }

        if (types.Count != layers)
        {
            throw root.Wrong(LayersKey, $"it names {types.Count} layers, and num_hidden_layers is {layers}");
        }

        return types.FirstOrDefault(type => type is not (Sliding or Full)) is { } other
            ? throw root.Wrong(LayersKey, $"\"{other}\" is not supported, only {Full} and {Sliding} are")
            : types;
    }
}
