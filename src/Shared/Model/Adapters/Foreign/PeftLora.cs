using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Json;
using MoR.Model.Routing;

namespace MoR.Model.Adapters.Foreign;

/// <summary>
/// Plain LoRA as PEFT saves it (huggingface/peft 0.20, tuners/lora: model.py <c>_create_and_replace</c>, layer.py
/// <c>update_layer</c>): y = W₀x + s·BAx with s = α/r, or α/√r with <c>use_rslora</c>, where r and α may differ from
/// module to module. Here a layer has one rank, and all layers one α: smaller matrices are filled up with zeros, which is
/// exact, and another scale is multiplied into B.
/// </summary>
internal static class PeftLora
{
    private const string Name = "base_model.model.model.layers.";

    // PEFT's own defaults (tuners/lora/config.py), not the recipe's.
    private const int DefaultRank = 8;
    private const int DefaultAlpha = 8;

    /// <summary>Reads a configuration of peft_type LORA.</summary>
    /// <exception cref="InputException">It describes more than plain LoRA on a Llama's linears.</exception>
    public static AdapterPlan Plan(JsonSection root, LlamaConfig config, Action<string> notice)
    {
        PeftRefusals.Check(root);
        var modules = Modules(root, config);
        var ranks = RankPerLayer(modules, config.Layers);
        var alpha = modules.Select(module => module.AlphaAt(ranks[module.Layer]))
            .Where(value => value != 0) // a factor relative to 0 would be infinite; a module with 0 has the factor 0
            .GroupBy(value => value).MaxBy(group => group.Count())?.Key ?? 0;
        Notice(root.File, modules, module => module.FactorAt(alpha, ranks[module.Layer]), notice);
        var stored = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var module in modules)
        {
            var (a, b) = ($"{module.Prefix}lora_A.weight", $"{module.Prefix}lora_B.weight");
            stored[a] = new StoredTensor(a, module.Rank, config.InputWidth(module.Linear), 1);
            stored[b] = new StoredTensor(b, config.OutputWidth(module.Linear), module.Rank, module.FactorAt(alpha, ranks[module.Layer]));
        }

        var experts = new ExpertSpec
        {
            CountPerLayer = [.. Enumerable.Repeat(1, config.Layers)],
            RankPerLayer = ranks,
            Alpha = alpha,
            Dropout = root.Number("lora_dropout", 0, 1) ?? 0,
            Targets = [.. modules.Select(module => module.Linear).Distinct().Order()],
        };
        return new AdapterPlan(
            new AdapterSpec(experts, new RouterSpec { Kind = RouterCatalogue.None }),
            parameter => stored.GetValueOrDefault(parameter.Name));
    }

    /// <summary>What a module's LoRA product is multiplied by.</summary>
    public static double Scale(double alpha, int rank, bool isRankStabilised) =>
        isRankStabilised ? alpha / Math.Sqrt(rank) : alpha / rank;

    private static Module[] Modules(JsonSection root, LlamaConfig config)
    {
        var targets = new PeftTargets(root);
        var rank = root.Integer("r", 1, 4096) ?? DefaultRank;
        var alpha = root.Number("lora_alpha", 0, 1e6) ?? DefaultAlpha;
        var ranks = root.Numbers("rank_pattern", 1, 4096);
        var alphas = root.Numbers("alpha_pattern", 0, 1e6);
        var isRankStabilised = root.Flag("use_rslora");
        var modules =
            from layer in Enumerable.Range(0, config.Layers)
            from linear in Enum.GetValues<Linear>()
            let path = $"model.layers.{layer}.{linear.Path()}"
            where targets.Contains(path)
            let ownRank = Whole(root, Matching(root, "rank_pattern", ranks, path) ?? rank)
            let ownAlpha = Matching(root, "alpha_pattern", alphas, path) ?? alpha
            select new Module(
                $"{Name}{layer}.{linear.Path()}.", layer, linear, ownRank, ownAlpha, Scale(ownAlpha, ownRank, isRankStabilised));
        var found = modules.ToArray();
        if (found.Length == 0)
        {
            throw root.Wrong(
                "target_modules", $"none of the backbone's {config.Layers} layers has such a linear "
                + $"(a layer has {string.Join(", ", LinearNames.All)})");
        }

        if (found.All(module => module.Scale == 0))
        {
            throw root.Wrong("lora_alpha", "0 makes an adapter that does nothing");
        }

        return found;
    }

    /// <summary>
    /// The value of the first pattern that the end of a module's path matches (utils/other.py, <c>get_pattern_key</c>).
    /// </summary>
    private static double? Matching(
        JsonSection root, string key, IReadOnlyList<(string Name, double Value)> patterns, string path)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (PeftTargets.IsMatch(root, key, $@"^(?:.*\.)?(?:{pattern})$", path))
            {
                return value;
            }
        }

        return null;
    }

    private static int Whole(JsonSection root, double rank) => rank == Math.Floor(rank)
        ? (int)rank
        : throw root.Wrong("rank_pattern", $"{rank} is not a whole number");

    /// <summary>The largest rank of each layer's modules; a layer without any has the largest of all.</summary>
    private static int[] RankPerLayer(Module[] modules, int layers) =>
    [
        .. Enumerable.Range(0, layers).Select(layer => modules.Where(module => module.Layer == layer)
            .Select(module => module.Rank).DefaultIfEmpty(modules.Max(module => module.Rank)).Max()),
    ];

    private static void Notice(string file, Module[] modules, Func<Module, double> factorOf, Action<string> notice)
    {
        foreach (var group in modules.Where(module => factorOf(module) != 1)
            .GroupBy(module => (module.Scale, Factor: factorOf(module))))
        {
            var (scale, factor) = group.Key;
            var isExact = double.IsPow2(factor) || factor == 0;
            notice(
                $"{file}: {group.Count()} modules have the scale {scale:G6} where others have {scale / factor:G6}; "
                + $"their B is multiplied by {factor:G6}, {(isExact ? "which is exact" : "and rounded to F32")}.");
        }
    }

    private sealed record Module(string Prefix, int Layer, Linear Linear, int Rank, double Alpha, double Scale)
    {
        /// <summary>The α with which a layer of that rank has this module's scale.</summary>
        public double AlphaAt(int layerRank) => Scale == Alpha / layerRank ? Alpha : Scale * layerRank;

        /// <summary>What B is multiplied by in an adapter of that α and layer rank.</summary>
        public double FactorAt(double alpha, int layerRank) => Scale == alpha / layerRank ? 1 : Scale / (alpha / layerRank);
    }
}
