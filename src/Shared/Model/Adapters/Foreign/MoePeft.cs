using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Json;
using MoR.Model.Routing;

namespace MoR.Model.Adapters.Foreign;

/// <summary>
/// Mixtures of MoE-PEFT (TUDB-Labs/MoE-PEFT at 40f8cb7: adapters/*/config.py, adapters/*/model.py, and model.py
/// <c>get_lora_layer_weight</c>). Its MoLA is a softmax router over each linear's input, the top k renormalised, which is
/// <c>topk</c> with scope <c>linear</c>; its LoRAMoE keeps all experts, which is the same with k = E. Both store
/// <c>{method}.layers.{l}.{linear}.moe_gate.weight</c> [E, in] and <c>.experts.{e}.lora_A.weight</c>, <c>.lora_B.weight</c>.
/// Its plain LoRA is PEFT's.
/// </summary>
internal static class MoePeft
{
    private const string Mola = "MOLA";
    private const string LoraMoe = "LORAMOE";
    private const string OwnPrefix = "base_model.model.model.";
    private const string OwnGate = ".router.sub.0.weight";
    private const string Gate = ".moe_gate.weight";

    private static readonly string[] Kinds = [Mola, LoraMoe, "MIXLORA", "DYNMOLE"];

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["MIXLORA"] = "MixLoRA's experts are whole MLPs, with the activation between their matrices and one router for all "
            + "three, and experts here are matrices of one linear",
        ["DYNMOLE"] = "DynMoLE chooses a number of experts by the entropy of their probabilities, and routers here choose k",
    };

    /// <summary>The kind of mixture, or null for PEFT's plain LoRA.</summary>
    /// <exception cref="InputException">It is a method of PEFT that is not LoRA, or an unknown one.</exception>
    public static string? KindOf(JsonSection root)
    {
        // As MoE-PEFT itself, which falls back on the strategy (adapters/__init__.py, lora_config_factory).
        var strategy = root.Text("routing_strategy", null)?.Split('-')[0].ToUpperInvariant();
        var fallback = Kinds.Contains(strategy) ? strategy! : "LORA";
        var kind = root.Text("peft_type", fallback)!;
        return kind == "LORA"
            ? null
            : Kinds.Contains(kind)
                ? kind
                : throw root.Refused("peft_type", $"\"{kind}\" is not one of LORA, {Mola}, {LoraMoe}");
    }

    /// <summary>Reads the configuration of a mixture.</summary>
    /// <exception cref="InputException">It is malformed, or the mixture is another function than ours.</exception>
    public static AdapterPlan Plan(string kind, JsonSection root, LlamaConfig config, Action<string> notice)
    {
        if (Reasons.TryGetValue(kind, out var reason))
        {
            throw root.Refused("peft_type", $"\"{kind}\" has no counterpart: {reason}");
        }

        PeftRefusals.Check(root);
        var count = root.Integer("num_experts", 1, 4096) ?? throw root.Wrong("num_experts", "the key is missing");
        var rank = root.Integer("r", 1, 4096) ?? throw root.Wrong("r", "the key is missing");
        var alpha = root.Number("lora_alpha", 0, 1e6) ?? throw root.Wrong("lora_alpha", "the key is missing");
        var isRankStabilised = root.Flag("use_rslora");
        if (root.Written("lora_init") is { } start)
        {
            notice($"{root.File}: lora_init {start} says how training began, and is ignored.");
        }

        var experts = new ExpertSpec
        {
            CountPerLayer = [.. Enumerable.Repeat(count, config.Layers)],
            RankPerLayer = [.. Enumerable.Repeat(rank, config.Layers)],
            Alpha = isRankStabilised ? PeftLora.Scale(alpha, rank, isRankStabilised) * rank : alpha,
            Dropout = root.Number("lora_dropout", 0, 1) ?? 0,
            Targets = Targets(kind, root),
        };
        var router = new RouterSpec
        {
            Kind = RouterCatalogue.TopK,
            Scope = RouterScope.Linear,
            SubRouters = 1,
            TopK = kind == Mola ? root.Integer("top_k", 1, count) ?? Math.Min(2, count) : count,
        };
        var prefix = kind.ToLowerInvariant() + ".";
        return new AdapterPlan(
            new AdapterSpec(experts, router),
            parameter => StoredTensor.Own(parameter) with { Name = prefix + Rename(parameter.Name) });
    }

    private static Linear[] Targets(string kind, JsonSection root)
    {
        var names = root.Texts("target_modules") ?? throw root.Wrong("target_modules", "the key is missing");
        Linear[] targets = [.. names.Select(name => LinearNames.Parse(name)
            ?? throw root.Wrong("target_modules", $"\"{name}\" is not one of {string.Join(", ", LinearNames.All)}"))
            .Distinct().Order()];
        if (targets.Length == 0)
        {
            throw root.Wrong("target_modules", "the list is empty");
        }

        return kind == LoraMoe && targets[0] <= Linear.OProj
            ? throw root.Refused(
                "target_modules",
                $"LoRAMoE gives {targets[0].ShortName()} plain LoRA and the MLP's linears experts, and an adapter here has "
                + "the same number of experts on all linears of a layer")
            : targets;
    }

    private static string Rename(string name)
    {
        var rest = name[OwnPrefix.Length..];
        return rest.EndsWith(OwnGate, StringComparison.Ordinal) ? rest[..^OwnGate.Length] + Gate : rest;
    }
}
