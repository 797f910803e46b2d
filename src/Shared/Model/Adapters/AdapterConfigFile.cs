using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Json;
using MoR.Model.Routing;

namespace MoR.Model.Adapters;

/// <summary>
/// <c>adapter_config.json</c> as this program writes it: PEFT's keys, and a <c>mor</c> section with what a mixture adds.
/// What the section leaves out has the recipe's default. Files without the section are read in <c>Foreign</c>.
/// </summary>
public static class AdapterConfigFile
{
    /// <summary>The key of the section that PEFT does not have.</summary>
    internal const string SectionName = "mor";

    private const string Damaged = "Name a folder that holds a complete adapter.";
    private const string Wrong = "Correct the file; docs/FILES.md says what the keys mean.";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the configuration; equal specs give equal bytes.</summary>
    public static void Write(AdapterSpec spec, string backbonePath, string? fingerprint, Stream stream) =>
        JsonSerializer.Serialize(stream, Describe(spec, backbonePath, fingerprint), Indented);

    /// <summary>
    /// Writes the configuration of an adapter that leaves the program. That of plain LoRA has PEFT's keys alone: PEFT 0.6
    /// to 0.13 refuse a key that they do not know (huggingface/peft, config.py, <c>from_peft_type</c>).
    /// </summary>
    public static void WriteForOthers(AdapterSpec spec, string baseModel, string? fingerprint, Stream stream)
    {
        var json = Describe(spec, baseModel, fingerprint);
        if (spec.IsPlainLora)
        {
            json.Remove(SectionName);
            if (json[ExpertRanks.PatternKey] is JsonObject { Count: 0 })
            {
                json.Remove(ExpertRanks.PatternKey);
            }
        }

        JsonSerializer.Serialize(stream, json, Indented);
    }

    /// <summary>What a configuration calls its backbone, or null.</summary>
    /// <exception cref="InputException">The file is missing or malformed.</exception>
    public static string? BaseModel(string file) => Open(file).Text("base_model_name_or_path", null);

    /// <exception cref="InputException">The file is missing or malformed.</exception>
    internal static JsonSection Open(string file) => JsonSection.Open(file, Damaged, Wrong);

    /// <summary>Reads a configuration that has the <c>mor</c> section from a text.</summary>
    /// <param name="text">The <c>adapter_config.json</c>.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="config">The backbone's architecture.</param>
    /// <param name="notice">Told what is ignored, a sentence each.</param>
    /// <exception cref="InputException">It is malformed, or describes something unsupported.</exception>
    public static AdapterSpec Parse(string text, string name, LlamaConfig config, Action<string> notice) =>
        Read(JsonSection.Parse(Encoding.UTF8.GetBytes(text), name, Damaged, Wrong), config, fingerprint: null, notice);

    private static JsonObject Describe(AdapterSpec spec, string backbonePath, string? fingerprint)
    {
        var (experts, router) = (spec.Experts, spec.Router);
        var isMixture = router.Kind == RouterCatalogue.MixtureOfRouters;
        return new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = "CAUSAL_LM",
            ["base_model_name_or_path"] = backbonePath,
            ["r"] = ExpertRanks.Usual(experts),
            [ExpertRanks.PatternKey] = ExpertRanks.Pattern(spec),
            ["lora_alpha"] = experts.Alpha,
            ["lora_dropout"] = experts.Dropout,
            ["target_modules"] = new JsonArray([.. experts.Targets.Select(linear => (JsonNode)linear.ShortName())]),
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            [SectionName] = new JsonObject
            {
                ["backbone_fingerprint"] = fingerprint,
                ["router"] = new JsonObject
                {
                    ["kind"] = router.Kind,
                    ["sub_routers"] = isMixture ? router.SubRouters : 1,
                    ["top_k"] = spec.IsPlainLora ? 1 : router.TopK,
                    ["top_m"] = isMixture ? router.KeptSubRouters : 1,
                    ["mixing"] = Lower(router.Mixing),
                    ["scope"] = Lower(router.Scope),
                },
                ["experts"] = new JsonObject
                {
                    ["kind"] = "lora",
                    ["count"] = OneOrPerLayer(experts.CountPerLayer),
                    ["rank"] = OneOrPerLayer(experts.RankPerLayer),
                    ["alpha"] = experts.Alpha,
                    ["shards"] = experts.Shards,
                },
                ["numerics"] = new JsonObject { ["adapter_dtype"] = "f32" },
            },
        };
    }

    /// <summary>Reads a configuration that has the <c>mor</c> section for a backbone.</summary>
    /// <exception cref="InputException">The file is missing, malformed, or describes something unsupported.</exception>
    public static AdapterSpec Read(string file, LlamaConfig config, string? fingerprint, Action<string> notice) =>
        Read(Open(file), config, fingerprint, notice);

    /// <inheritdoc cref="Read(string, LlamaConfig, string?, Action{string})"/>
    internal static AdapterSpec Read(JsonSection root, LlamaConfig config, string? fingerprint, Action<string> notice)
    {
        RefuseUnsupported(root);
        var mor = root.Section(SectionName) ?? throw root.Wrong(SectionName, "the section is missing");
        foreach (var key in Unknown(mor))
        {
            notice($"{root.File}: {key} is not known to this version and is ignored.");
        }

        var router = ReadRouter(mor);
        if (mor.Text("backbone_fingerprint", null) is { } expected && fingerprint is not null)
        {
            CheckFingerprint(root.File, expected, fingerprint);
        }

        return new AdapterSpec(ReadExperts(root, mor.Section("experts"), config, router), router);
    }

    /// <exception cref="InputException">The adapter was made for another backbone.</exception>
    internal static void CheckFingerprint(string file, string expected, string fingerprint)
    {
        if (expected != fingerprint)
        {
            throw new InputException(
                file,
                $"the adapter was made for the backbone with fingerprint {expected[..Math.Min(12, expected.Length)]}…, and "
                + $"this one has {fingerprint[..12]}…",
                "Give the backbone that the adapter was trained on.");
        }
    }

    private static IEnumerable<string> Unknown(JsonSection mor) =>
        mor.Others(["backbone_fingerprint", "router", "experts", "numerics"])
            .Concat(mor.Section("router")?.Others(["kind", "sub_routers", "top_k", "top_m", "mixing", "scope"]) ?? [])
            .Concat(mor.Section("experts")?.Others(["kind", "count", "rank", "alpha", "shards"]) ?? [])
            .Concat(mor.Section("numerics")?.Others(["adapter_dtype"]) ?? []);

    private static ExpertSpec ReadExperts(JsonSection root, JsonSection? experts, LlamaConfig config, RouterSpec router)
    {
        experts?.Word("kind", ["lora"], "lora");
        var fallback = router.Kind == RouterCatalogue.None ? 1 : 8;
        var counts = experts?.Integers("count", 1, 4096) ?? [fallback];
        if (counts.Count != 1 && counts.Count != config.Layers)
        {
            throw experts!.Wrong("count", $"the list has {counts.Count} numbers, and the backbone has {config.Layers} layers");
        }

        var perLayer = counts.Count == 1 ? [.. Enumerable.Repeat(counts[0], config.Layers)] : counts;
        if (router.Kind == RouterCatalogue.None && perLayer.Any(count => count != 1))
        {
            throw experts!.Wrong("count", "router.kind none has one expert per linear");
        }

        if (router.Kind != RouterCatalogue.None && router.TopK > perLayer.Min())
        {
            throw root.Wrong("mor.router.top_k", $"{router.TopK} is more than the {perLayer.Min()} experts of a layer");
        }

        var targets = Targets(root);
        return new ExpertSpec
        {
            CountPerLayer = perLayer,
            RankPerLayer = ExpertRanks.Read(root, experts, targets, config.Layers),
            Alpha = experts?.Number("alpha", 0, 1e6) ?? root.Number("lora_alpha", 0, 1e6) ?? 16,
            Dropout = root.Number("lora_dropout", 0, 1) ?? 0,
            Targets = targets,
            Shards = experts?.Integer("shards", 1, perLayer.Max()) ?? 1,
        };
    }

    private static RouterSpec ReadRouter(JsonSection mor)
    {
        var defaults = new RouterSpec();
        var router = mor.Section("router");
        if (router is null)
        {
            return defaults;
        }

        var subRouters = router.Integer("sub_routers", 1, 1024) ?? defaults.SubRouters;
        return new RouterSpec
        {
            Kind = router.Word("kind", RouterCatalogue.Kinds, defaults.Kind),
            SubRouters = subRouters,
            TopK = router.Integer("top_k", 1, 4096) ?? defaults.TopK,
            TopM = router.Integer("top_m", 1, subRouters),
            Mixing = Enum.Parse<RouterMixing>(
                router.Word("mixing", Names<RouterMixing>(), Lower(defaults.Mixing)), ignoreCase: true),
            Scope = Enum.Parse<RouterScope>(
                router.Word("scope", Names<RouterScope>(), Lower(defaults.Scope)), ignoreCase: true),
        };
    }

    private static Linear[] Targets(JsonSection root)
    {
        var names = root.Texts("target_modules") ?? LinearNames.All;
        if (names.Count == 0)
        {
            throw root.Wrong("target_modules", "the list is empty");
        }

        return [.. names.Select(name => LinearNames.Parse(name[(name.LastIndexOf('.') + 1)..])
            ?? throw root.Wrong("target_modules", $"\"{name}\" is not one of {string.Join(", ", LinearNames.All)}"))
            .Distinct().Order()];
    }

    private static void RefuseUnsupported(JsonSection root)
    {
        root.Word("peft_type", ["LORA"], "LORA");
        root.Word("bias", ["none"], "none");
        foreach (var key in (string[])["use_rslora", "use_dora", "fan_in_fan_out"])
        {
            if (root.Flag(key))
            {
                throw root.Wrong(key, "true is not supported");
            }
        }

        foreach (var key in (string[])["modules_to_save", "layers_to_transform", "alpha_pattern"])
        {
            if (root.HasContent(key))
            {
                throw root.Wrong(key, "it is not empty, and is not supported");
            }
        }
    }

    private static JsonNode OneOrPerLayer(IReadOnlyList<int> perLayer) => perLayer.Distinct().Count() == 1
        ? perLayer[0]
        : new JsonArray([.. perLayer.Select(value => (JsonNode)value)]);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string[] Names<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
}
