using MoR.Cluster.Errors;
using MoR.Model.Tests.Reference;

namespace MoR.Model.Tests.Adapters;

/// <summary>A bad adapter is refused with one message that names the file, what is wrong, and what to do.</summary>
public sealed class BadAdapterTests : IDisposable
{
    private const string Good = """
        {
          "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["o_proj"], "bias": "none", "use_dora": false,
          "mor": {
            "backbone_fingerprint": "abcdef0123456789",
            "router": {
              "kind": "mor", "sub_routers": 2, "top_k": 2, "top_m": 1, "mixing": "probability", "scope": "dispatch"
            },
            "experts": {"kind": "lora", "count": 3, "rank": 2, "alpha": 4}
          }
        }
        """;

    private readonly TinyBackbone _tiny = new();
    private readonly AdapterFolder _adapter = new();

    public BadAdapterTests()
    {
        _adapter.Config = Good;
        for (var layer = 0; layer < 2; layer++)
        {
            _adapter.AddRouter(layer, "self_attn.o", subRouters: 2, experts: 3, input: 16);
            for (var expert = 0; expert < 3; expert++)
            {
                _adapter.AddExpert(layer, "self_attn.o_proj", expert, rank: 2, input: 16, output: 16);
            }
        }
    }

    public void Dispose()
    {
        _adapter.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public void The_good_adapter_loads()
    {
        _adapter.Write();
        using var parameters = _adapter.Load(_tiny.Config);

        Assert.Equal(2 * (6 + 2), parameters.Layout.Parameters.Count - 2);
    }

    [Theory]
    [InlineData(
        "\"kind\": \"mor\"",
        "\"kind\": \"sinkhorn\"",
        "mor.router.kind: \"sinkhorn\" is not one of none, topk, mor")]
    [InlineData("\"kind\": \"mor\"", "\"kind\": 7", "mor.router.kind: 7 is not a text")]
    [InlineData("\"kind\": \"lora\"", "\"kind\": \"ffn\"", "mor.experts.kind: \"ffn\" is not one of lora")]
    [InlineData("\"top_k\": 2", "\"top_k\": 4", "mor.router.top_k: 4 is more than the 3 experts")]
    [InlineData("\"top_k\": 2", "\"top_k\": 0", "mor.router.top_k: 0 is not a whole number from 1 to 4096")]
    [InlineData("\"top_k\": 2", "\"top_k\": 1.5", "mor.router.top_k: 1.5 is not a whole number")]
    [InlineData("\"top_m\": 1", "\"top_m\": 3", "mor.router.top_m: 3 is not a whole number from 1 to 2")]
    [InlineData(
        "\"mixing\": \"probability\"",
        "\"mixing\": \"both\"",
        "mor.router.mixing: \"both\" is not one of probability, logit")]
    [InlineData(
        "\"scope\": \"dispatch\"",
        "\"scope\": \"model\"",
        "mor.router.scope: \"model\" is not one of linear, dispatch, block")]
    [InlineData(
        "\"count\": 3",
        "\"count\": [3, 3, 3]",
        "mor.experts.count: the list has 3 numbers, and the backbone has 2 layers")]
    [InlineData(
        "\"count\": 3",
        "\"count\": []",
        "mor.experts.count: the list has 0 numbers, and the backbone has 2 layers")]
    [InlineData("\"count\": 3", "\"count\": \"three\"", "mor.experts.count: \"three\" is not a whole number")]
    [InlineData("\"rank\": 2", "\"rank\": -2", "mor.experts.rank: -2 is not a whole number")]
    [InlineData("\"alpha\": 4}", "\"alpha\": \"4\"}", "mor.experts.alpha: \"4\" is not a number from 0")]
    [InlineData(
        "\"alpha\": 4}",
        "\"alpha\": 4, \"shards\": 9}",
        "mor.experts.shards: 9 is not a whole number from 1 to 3")]
    [InlineData("[\"o_proj\"]", "[\"o_proj\", \"wo\"]", "target_modules: \"wo\" is not one of q_proj, k_proj")]
    [InlineData("[\"o_proj\"]", "\"all-linear\"", "target_modules: \"all-linear\" is not a list of texts")]
    [InlineData("[\"o_proj\"]", "[]", "target_modules: the list is empty")]
    [InlineData("\"LORA\"", "\"IA3\"", "peft_type: \"IA3\" is not one of LORA")]
    [InlineData("\"bias\": \"none\"", "\"bias\": \"all\"", "bias: \"all\" is not one of none")]
    [InlineData("\"use_dora\": false", "\"use_dora\": true", "use_dora: true is not supported")]
    [InlineData("\"use_dora\": false", "\"use_dora\": \"yes\"", "use_dora: \"yes\" is neither true nor false")]
    [InlineData("\"use_dora\": false", "\"use_rslora\": true", "use_rslora: true is not supported")]
    [InlineData("\"use_dora\": false", "\"modules_to_save\": [\"lm_head\"]", "modules_to_save: it is not empty")]
    [InlineData(
        "\"use_dora\": false",
        "\"rank_pattern\": {\"o_proj\": 4}",
        "rank_pattern: it makes the rank of layers.0.self_attn.o_proj 4, and the layer's rank is 2 by mor.experts.rank")]
    [InlineData(
        "\"use_dora\": false",
        "\"rank_pattern\": {\".*[01].*\": 2}",
        "rank_pattern..*[01].*: this is a regular expression, and only names")]
    [InlineData("\"use_dora\": false", "\"rank_pattern\": {\"o_proj\": 0}", "rank_pattern.o_proj: 0 is not a whole number")]
    [InlineData("\"use_dora\": false", "\"rank_pattern\": [2]", "rank_pattern: [2] is not an object")]
    [InlineData("\"use_dora\": false", "\"alpha_pattern\": {\"o_proj\": 4}", "alpha_pattern: it is not empty")]
    [InlineData(
        "\"rank\": 2",
        "\"rank\": [2, 2, 2]",
        "mor.experts.rank: the list has 3 numbers, and the backbone has 2 layers")]
    [InlineData("\"mor\": {", "\"mor\": 5, \"more\": {", "mor: 5 is not an object")]
    [InlineData("abcdef0123456789", "fedcba9876543210", "fingerprint fedcba987654…, and this one has abcdef012345…")]
    [InlineData("\"backbone_fingerprint\"", "backbone_fingerprint", "it is not valid JSON")]
    public void A_bad_configuration_is_refused(string good, string bad, string expected)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        _adapter.Config = Good.Replace(good, bad, StringComparison.Ordinal);

        Refused("adapter_config.json", expected);
    }

    [Theory]
    [InlineData("", "it is not valid JSON")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("{\"peft_type\": \"LORA\"", "it is not valid JSON")]
    public void A_file_that_is_no_configuration_is_refused(string text, string expected)
    {
        _adapter.Config = text;

        Refused("adapter_config.json", expected);
    }

    [Fact]
    public void A_missing_configuration_is_refused()
    {
        _adapter.Write();
        File.Delete(Path.Combine(_adapter.Path, "adapter_config.json"));

        Fails("adapter_config.json", "it cannot be read");
    }

    [Fact]
    public void Missing_tensors_are_refused()
    {
        _adapter.Write();
        File.Delete(Path.Combine(_adapter.Path, "adapter.safetensors"));

        Fails("adapter.safetensors", "adapter.safetensors");
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        const string Name = "base_model.model.model.layers.1.self_attn.o_proj.experts.2.lora_B.weight";
        Assert.True(_adapter.Tensors.Remove(Name));

        Refused("adapter.safetensors", $"tensor '{Name}' is missing");
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both_shapes()
    {
        _adapter.Add("layers.0.self_attn.o_proj.experts.0.lora_A.weight", 16, 2);

        Refused("adapter.safetensors", "lora_A.weight' is [16, 2], and adapter and backbone need [2, 16]");
    }

    [Theory]
    [InlineData("layers.0.self_attn.o_proj.experts.3.lora_A.weight")]
    [InlineData("layers.2.self_attn.o_proj.experts.0.lora_A.weight")]
    [InlineData("layers.0.self_attn.o.router.sub.2.weight")]
    [InlineData("layers.0.mlp.down_proj.experts.0.lora_A.weight")]
    [InlineData("layers.0.self_attn.o_proj.lora_magnitude_vector")]
    public void A_tensor_that_has_no_place_is_named(string name)
    {
        _adapter.Add(name, 2, 16);

        Refused("adapter.safetensors", $"tensor 'base_model.model.model.{name}' does not belong to the adapter");
    }

    [Fact]
    public void Truncated_tensors_are_refused()
    {
        _adapter.Write();
        var file = Path.Combine(_adapter.Path, "adapter.safetensors");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]);

        Fails("adapter.safetensors", "adapter.safetensors");
    }

    [Fact]
    public void A_rank_pattern_that_contradicts_the_ranks_is_refused()
    {
        _adapter.Config = """
            {"peft_type": "LORA", "r": 2, "target_modules": ["q_proj", "o_proj"], "rank_pattern": {"1.self_attn.o_proj": 4},
             "mor": {"router": {"kind": "none"}, "experts": {"rank": 2, "count": 1}}}
            """;

        Refused(
            "adapter_config.json",
            "rank_pattern: it makes the rank of layers.1.self_attn.o_proj 4, and the layer's rank is 2 by mor.experts.rank");
    }

    [Fact]
    public void A_router_kind_that_has_one_expert_refuses_more()
    {
        _adapter.Config = Good
            .Replace("\"kind\": \"mor\"", "\"kind\": \"none\"", StringComparison.Ordinal);

        Refused("adapter_config.json", "mor.experts.count: router.kind none has one expert per linear");
    }

    private void Refused(string file, string expected)
    {
        _adapter.Write();
        Fails(file, expected);
    }

    private void Fails(string file, string expected)
    {
        var error = Assert.ThrowsAny<MorException>(() => _adapter.Load(_tiny.Config).Dispose());

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
    }
}
