using MoR.Model.Backbone;
using MoR.Model.Json;
using System.Text.Json.Nodes;

namespace MoR.Model.Adapters;

/// <summary>
/// The ranks of an adapter's layers in <c>adapter_config.json</c>: <c>mor.experts.rank</c>, one number or one per layer; and
/// for other programs PEFT's <c>r</c> with <c>rank_pattern</c>, which names the modules whose rank is another. PEFT scales by
/// lora_alpha over a module's own rank, as we do, so no <c>alpha_pattern</c> is needed.
/// </summary>
internal static class ExpertRanks
{
    private const int Most = 4096;
    private const int Default = 8;

    /// <summary>PEFT's key for the modules whose rank is not <c>r</c>.</summary>
    public const string PatternKey = "rank_pattern";

    /// <summary>PEFT's <c>r</c>: the first layer's rank.</summary>
    public static int Usual(ExpertSpec experts) => experts.RankPerLayer[0];

    /// <summary>
    /// PEFT's <c>rank_pattern</c>: every module whose rank is not <c>r</c>. The names begin at <c>layers.</c>, because older
    /// versions of PEFT want something and a dot before what a pattern matches. Empty for a mixture, which PEFT cannot load.
    /// </summary>
    public static JsonObject Pattern(AdapterSpec spec)
    {
        var pattern = new JsonObject();
        for (var layer = 0; spec.IsPlainLora && layer < spec.Experts.RankPerLayer.Count; layer++)
        {
            if (spec.Experts.RankPerLayer[layer] != Usual(spec.Experts))
            {
                foreach (var linear in spec.Experts.Targets)
                {
                    pattern[$"layers.{layer}.{linear.Path()}"] = spec.Experts.RankPerLayer[layer];
                }
            }
        }

        return pattern;
    }

    /// <summary>Reads the ranks; [layers].</summary>
    /// <exception cref="Cluster.Errors.InputException">
    /// They are malformed, contradict each other, or differ within a layer.
    /// </exception>
    public static IReadOnlyList<int> Read(
        JsonSection root, JsonSection? experts, IReadOnlyList<Linear> targets, int layers)
    {
        var given = experts?.Integers("rank", 1, Most);
        if (given is not null && given.Count != 1 && given.Count != layers)
        {
            throw experts!.Wrong("rank", $"the list has {given.Count} numbers, and the backbone has {layers} layers");
        }

        var usual = root.Integer("r", 1, Most) ?? Default;
        var patterns = Patterns(root);
        var ranks = new int[layers];
        for (var layer = 0; layer < layers; layer++)
        {
            var ofLinears = targets.Select(linear => OfModule($"model.layers.{layer}.{linear.Path()}")).ToList();
            ranks[layer] = given?[given.Count == 1 ? 0 : layer] ?? ofLinears[0] ?? usual;
            var other = ofLinears.FindIndex(rank =>
                given is null ? (rank ?? usual) != ranks[layer] : rank is not null && rank != ranks[layer]);
            if (other >= 0)
            {
                throw root.Wrong(
                    PatternKey,
                    $"it makes the rank of layers.{layer}.{targets[other].Path()} {ofLinears[other] ?? usual}, and the layer's "
                    + $"rank is {ranks[layer]} by {(given is null ? $"its {targets[0].ShortName()}" : "mor.experts.rank")}");
            }
        }

        return ranks;

        // PEFT takes the first pattern that matches the end of a module's name.
        int? OfModule(string module) => patterns
            .Where(pattern => ("." + module).EndsWith("." + pattern.Name, StringComparison.Ordinal))
            .Select(pattern => (int?)pattern.Rank)
            .FirstOrDefault();
    }

    /// <summary>PEFT's keys are regular expressions; names of modules or ends of them are the ones that are understood.</summary>
    private static List<(string Name, int Rank)> Patterns(JsonSection root)
    {
        if (root.Section(PatternKey) is not { } section)
        {
            return [];
        }

        var patterns = new List<(string, int)>();
        foreach (var name in section.Keys)
        {
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
            {
                throw section.Wrong(name, "this is a regular expression, and only names such as layers.0.mlp.up_proj are read");
            }

            patterns.Add((name, section.Integer(name, 1, Most) ?? throw section.Wrong(name, "it has no value")));
        }

        return patterns;
    }
}
