using MoR.Model.Backbone;

namespace MoR.Model.Tests.Reference;

/// <summary>What a plain Llama of <see cref="TinyBackbone"/> becomes, by names for tables of tests.</summary>
internal static class TinyArchitectures
{
    private static readonly Dictionary<string, Func<LlamaConfig, LlamaConfig>> ByName = new()
    {
        ["llama, attention biases"] = config => config with { Biased = [Linear.QProj, Linear.KProj, Linear.VProj, Linear.OProj] },
        ["llama, all biases"] = config => config with { Biased = Enum.GetValues<Linear>() },
        ["llama, one group, wide heads"] = config => config with { Heads = 8, KeyValueHeads = 1, HeadSize = 6 },
        ["llama, linear rope"] = config => config with { RopeScaling = new LinearRopeScaling(2.5) },

        // Of the four frequencies one is kept, one is divided, and two are blended.
        ["llama, llama3 rope"] = config => config with
        {
            HeadSize = 8,
            RopeTheta = 10,
            RopeScaling = new Llama3RopeScaling(8, 1, 4, 16),
        },
        ["mistral"] = config => config with { ModelType = "mistral" },
        ["mistral, window"] = config => config with { ModelType = "mistral", Windows = Windows(config, 0, 5) },
        ["mistral, window of one"] = config => config with { ModelType = "mistral", Windows = Windows(config, 0, 1) },
        ["qwen2"] = config => config with { ModelType = "qwen2", Biased = [Linear.QProj, Linear.KProj, Linear.VProj] },
        ["qwen2, window in the last layer"] = config => config with
        {
            ModelType = "qwen2",
            Biased = [Linear.QProj, Linear.KProj, Linear.VProj],
            Windows = Windows(config, config.Layers - 1, 4),
        },
    };

    /// <summary>All of them.</summary>
    public static TheoryData<string> Names => [.. ByName.Keys];

    /// <summary>Those that compute something else than a plain Llama of their shapes.</summary>
    public static TheoryData<string> Different =>
        [.. ByName.Keys.Where(name => name is not ("mistral" or "llama, one group, wide heads"))];

    /// <summary>The change of a name.</summary>
    public static Func<LlamaConfig, LlamaConfig> Of(string name) => ByName[name];

    private static int?[] Windows(LlamaConfig config, int first, int window) =>
        [.. Enumerable.Range(0, config.Layers).Select(layer => layer >= first ? window : (int?)null)];
}
