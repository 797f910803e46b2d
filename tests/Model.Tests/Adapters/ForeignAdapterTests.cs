using MoR.Model.Tests.Reference;

namespace MoR.Model.Tests.Adapters;

/// <summary>Adapters that another program wrote in the documented format compute what that program meant.</summary>
public sealed class ForeignAdapterTests : IDisposable
{
    private const int D = 16; // hidden; F = 24 is the width between gate/up and down, K = 8 the keys'
    private const int F = 24;
    private readonly TinyBackbone _tiny = new();
    private readonly AdapterFolder _adapter = new();

    public void Dispose()
    {
        _adapter.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public async Task A_mixture_with_routers_per_linear_loads()
    {
        for (var layer = 0; layer < 2; layer++)
        {
            var experts = layer == 0 ? 2 : 4;
            foreach (var (linear, input, output) in (ReadOnlySpan<(string, int, int)>)
                [("self_attn.q_proj", D, D), ("self_attn.v_proj", D, 8), ("mlp.down_proj", F, D)])
            {
                _adapter.AddRouter(layer, linear, subRouters: 3, experts, input);
                for (var expert = 0; expert < experts; expert++)
                {
                    _adapter.AddExpert(layer, linear, expert, rank: 4, input, output);
                }
            }
        }

        _adapter.Config = """
            {
              "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "somewhere",
              "r": 4, "lora_alpha": 6, "target_modules": ["v_proj", "q_proj", "down_proj"], "bias": "none",
              "mor": {
                "router": {
                  "kind": "mor", "sub_routers": 3, "top_k": 2, "top_m": 2, "mixing": "probability", "scope": "linear"
                },
                "experts": {"kind": "lora", "count": [2, 4], "rank": 4, "alpha": 6}
              }
            }
            """;
        await AgreesAsync("mor scope=linear r=3 k=2 m=2 counts=2,4 rank=4 alpha=6 targets=q_proj,v_proj,down_proj");
    }

    [Theory]
    [InlineData("logit")]
    [InlineData("probability")]
    public async Task A_mixture_with_routers_per_dispatch_point_loads(string mixing)
    {
        for (var layer = 0; layer < 2; layer++)
        {
            AddMlpAndAttention(
                layer, (point, input) => _adapter.AddRouter(layer, point, subRouters: 2, experts: 3, input));
        }

        _adapter.Config = $$$"""
            {
              "peft_type": "LORA", "r": 2, "lora_alpha": 3,
              "target_modules": ["k_proj", "o_proj", "gate_proj", "up_proj"],
              "mor": {
                "router": {"kind": "mor", "sub_routers": 2, "top_k": 1, "mixing": "{{{mixing}}}", "scope": "dispatch"},
                "experts": {"kind": "lora", "count": 3, "rank": 2, "alpha": 3},
                "numerics": {}
              }
            }
            """;
        await AgreesAsync(
            $"mor r=2 k=1 counts=3 rank=2 alpha=3 mixing={mixing} targets=k_proj,o_proj,gate_proj,up_proj");
    }

    [Fact]
    public async Task A_usual_router_per_block_loads()
    {
        for (var layer = 0; layer < 2; layer++)
        {
            AddMlpAndAttention(layer, (_, _) => { });
            _adapter.AddRouter(layer, "block", subRouters: 1, experts: 3, D);
        }

        _adapter.Config = """
            {
              "peft_type": "LORA", "r": 2, "lora_alpha": 3,
              "target_modules": ["k_proj", "o_proj", "gate_proj", "up_proj"],
              "mor": {"router": {"kind": "topk", "scope": "block"}, "experts": {"count": 3}}
            }
            """;
        await AgreesAsync("topk k=2 scope=block counts=3 rank=2 alpha=3 targets=k_proj,o_proj,gate_proj,up_proj");
    }

    [Fact]
    public async Task What_the_mor_section_leaves_out_has_the_recipes_default()
    {
        for (var layer = 0; layer < 2; layer++)
        {
            foreach (var (linear, input, output) in AllLinears)
            {
                for (var expert = 0; expert < 8; expert++)
                {
                    _adapter.AddExpert(layer, linear, expert, rank: 8, input, output);
                }
            }

            foreach (var (point, input) in (ReadOnlySpan<(string, int)>)
                [("self_attn.qkv", D), ("self_attn.o", D), ("mlp.gate_up", D), ("mlp.down", F)])
            {
                _adapter.AddRouter(layer, point, subRouters: 3, experts: 8, input);
            }
        }

        _adapter.Config = """{"peft_type": "LORA", "mor": {}}""";
        await AgreesAsync("mor r=3 k=2 counts=8 rank=8 alpha=16");
    }

    [Theory]
    [InlineData("adapter.safetensors")]
    [InlineData("adapter_model.safetensors")]
    public async Task A_folder_that_PEFT_wrote_loads(string file)
    {
        for (var layer = 0; layer < 2; layer++)
        {
            _adapter.AddExpert(layer, "self_attn.q_proj", null, rank: 4, D, D);
            _adapter.AddExpert(layer, "self_attn.v_proj", null, rank: 4, D, 8);
        }

        _adapter.Config = """
            {
              "alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "x", "bias": "none",
              "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true, "layers_pattern": null,
              "layers_to_transform": null, "lora_alpha": 32, "lora_dropout": 0.05, "modules_to_save": null,
              "peft_type": "LORA", "r": 4, "rank_pattern": {}, "revision": null,
              "target_modules": ["v_proj", "model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj"],
              "task_type": "CAUSAL_LM",
              "use_dora": false, "use_rslora": false
            }
            """;
        await AgreesAsync("none rank=4 alpha=32 targets=q_proj,v_proj", file);
    }

    [Theory]
    [InlineData(""" "r": 4, "rank_pattern": {"layers.1.self_attn.q_proj": 2, "model.layers.1.self_attn.v_proj": 2} """)]
    [InlineData(""" "r": 2, "rank_pattern": {"layers.0.self_attn.q_proj": 4, "0.self_attn.v_proj": 4, "q_proj": 2} """)]
    public async Task PEFTs_rank_pattern_gives_layers_their_ranks_and_each_its_own_scale(string ranks)
    {
        foreach (var (layer, rank) in (ReadOnlySpan<(int, int)>)[(0, 4), (1, 2)])
        {
            _adapter.AddExpert(layer, "self_attn.q_proj", null, rank, D, D);
            _adapter.AddExpert(layer, "self_attn.v_proj", null, rank, D, 8);
        }

        _adapter.Config =
            $$"""{"peft_type": "LORA", {{ranks}}, "lora_alpha": 32, "target_modules": ["v_proj", "q_proj"]}""";
        await AgreesAsync("none rank=4,2 alpha=32 targets=q_proj,v_proj");
    }

    [Fact]
    public async Task A_mixture_may_have_a_rank_per_layer()
    {
        foreach (var (layer, rank) in (ReadOnlySpan<(int, int)>)[(0, 3), (1, 1)])
        {
            _adapter.AddRouter(layer, "self_attn.o", subRouters: 2, experts: 2, D);
            _adapter.AddExpert(layer, "self_attn.o_proj", 0, rank, D, D);
            _adapter.AddExpert(layer, "self_attn.o_proj", 1, rank, D, D);
        }

        _adapter.Config = """
            {
              "peft_type": "LORA", "r": 7, "lora_alpha": 2, "target_modules": ["o_proj"],
              "mor": {"router": {"sub_routers": 2}, "experts": {"count": 2, "rank": [3, 1], "alpha": 6}}
            }
            """;
        await AgreesAsync("mor r=2 counts=2 rank=3,1 alpha=6 targets=o_proj");
    }

    [Fact]
    public async Task A_main_router_over_one_sub_router_has_no_effect_and_is_noticed()
    {
        for (var layer = 0; layer < 2; layer++)
        {
            _adapter.AddExpert(layer, "self_attn.o_proj", 0, rank: 2, D, D);
            _adapter.AddExpert(layer, "self_attn.o_proj", 1, rank: 2, D, D);
            _adapter.AddRouter(layer, "self_attn.o", subRouters: 1, experts: 2, D);
            _adapter.Add($"layers.{layer}.self_attn.o.router.main.weight", 1, D);
        }

        _adapter.Config = """
            {
              "peft_type": "LORA", "r": 2, "lora_alpha": 2, "target_modules": ["o_proj"],
              "mor": {"router": {"kind": "mor", "sub_routers": 1, "colour": "red"}, "experts": {"count": 2}, "extra": 1}
            }
            """;
        var notices = await AgreesAsync("mor r=1 counts=2 rank=2 alpha=2 targets=o_proj");

        Assert.Equal(4, notices.Count);
        Assert.Contains(notices, notice => notice.Contains("mor.extra is not known", StringComparison.Ordinal));
        Assert.Contains(notices, notice => notice.Contains("mor.router.colour is not known", StringComparison.Ordinal));
        Assert.Equal(2, notices.Count(notice => notice.Contains("has no effect", StringComparison.Ordinal)));
    }

    private static (string Linear, int Input, int Output)[] AllLinears =>
    [
        ("self_attn.q_proj", D, D), ("self_attn.k_proj", D, 8), ("self_attn.v_proj", D, 8), ("self_attn.o_proj", D, D),
        ("mlp.gate_proj", D, F), ("mlp.up_proj", D, F), ("mlp.down_proj", F, D),
    ];

    /// <summary>Three experts of rank 2 at k, o, gate and up, and whatever routers the points have.</summary>
    private void AddMlpAndAttention(int layer, Action<string, int> addRouter)
    {
        foreach (var (point, linears) in (ReadOnlySpan<(string, string[])>)
            [
                ("self_attn.qkv", ["self_attn.k_proj"]), ("self_attn.o", ["self_attn.o_proj"]),
                ("mlp.gate_up", ["mlp.gate_proj", "mlp.up_proj"]),
            ])
        {
            addRouter(point, D);
            foreach (var linear in linears)
            {
                var output = AllLinears.Single(item => item.Linear == linear).Output;
                for (var expert = 0; expert < 3; expert++)
                {
                    _adapter.AddExpert(layer, linear, expert, rank: 2, D, output);
                }
            }
        }
    }

    private async Task<List<string>> AgreesAsync(string meaning, string file = "adapter.safetensors")
    {
        _adapter.Write(file);
        var notices = new List<string>();
        var reference = _adapter.Reference(_tiny, AdapterCase.Parse(meaning, 2));
        using var model = new TestModel(_tiny.Folder, config => _adapter.Load(config, notices: notices));
        var tokens = _tiny.Tokens(20, seed: 3);

        Assert.Equal(reference.Nll(tokens), await model.NllAsync(tokens), 1e-4);
        var backbone = new ReferenceModel(_tiny.Config, _tiny.Values);
        Assert.True(Math.Abs(reference.Nll(tokens) - backbone.Nll(tokens)) > 1e-3, "the adapter does nothing");
        return notices;
    }
}
