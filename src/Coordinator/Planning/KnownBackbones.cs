using MoR.Model.Backbone;

namespace MoR.Coordinator.Planning;

/// <summary>Shapes of published backbones, for those who plan before they download. Sizes are those of each model's
/// <c>config.json</c>; the numbers of parameters that follow from them are the published ones, and tested.</summary>
internal static class KnownBackbones
{
    private static readonly Linear[] Qkv = [Linear.QProj, Linear.KProj, Linear.VProj];

    /// <summary>By name, in the order of <see cref="Names"/>.</summary>
    private static readonly (string Name, LlamaConfig Config)[] All =
    [
        ("tinyllama-1.1b", Llama(2048, 5632, 22, 32, 4, 32000, 2048)),
        ("qwen2.5-0.5b", Llama(896, 4864, 24, 14, 2, 151936, 32768) with
        {
            ModelType = "qwen2", Biased = Qkv, TiedEmbeddings = true,
        }),
        ("qwen2.5-7b", Llama(3584, 18944, 28, 28, 4, 152064, 131072) with { ModelType = "qwen2", Biased = Qkv }),
        ("mistral-7b", Llama(4096, 14336, 32, 32, 8, 32000, 32768) with { ModelType = "mistral" }),
        ("llama-2-7b", Llama(4096, 11008, 32, 32, 32, 32000, 4096)),
        ("llama-2-13b", Llama(5120, 13824, 40, 40, 40, 32000, 4096)),
        ("llama-2-70b", Llama(8192, 28672, 80, 64, 8, 32000, 4096)),
        ("llama-3.1-8b", Llama(4096, 14336, 32, 32, 8, 128256, 131072)),
        ("llama-3.1-70b", Llama(8192, 28672, 80, 64, 8, 128256, 131072)),
    ];

    /// <summary>The names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(entry => entry.Name)];

    /// <summary>The shape of that name, in any case of letters; null if there is none.</summary>
    public static LlamaConfig? Find(string name) =>
        Array.Find(All, entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase)).Config;

    /// <summary>All frozen values: embedding, head unless it is tied, linears with their biases, norms.</summary>
    public static long Parameters(LlamaConfig config)
    {
        long ends = (config.TiedEmbeddings ? 1L : 2L) * config.VocabularySize * config.HiddenSize;
        var layer = Enum.GetValues<Linear>().Sum(linear =>
            ((long)config.InputWidth(linear) * config.OutputWidth(linear))
            + (config.Biased.Contains(linear) ? config.OutputWidth(linear) : 0));
        return ends + (config.Layers * (layer + (2L * config.HiddenSize))) + config.HiddenSize;
    }

    private static LlamaConfig Llama(
        int hidden, int intermediate, int layers, int heads, int keyValueHeads, int vocabulary, int positions)
    {
        return new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = intermediate,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadSize = hidden / heads,
            VocabularySize = vocabulary,
            MaxPositions = positions,
            NormEpsilon = 1e-5,
            RopeTheta = 10_000,
            TiedEmbeddings = false,
            EndOfText = [],
        };
    }
}
