using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;

namespace MoR.Model.Tests.Adapters;

/// <summary>Folders that PEFT wrote compute PEFT's function, y = W₀x + scale·BAx at each module, or are refused.</summary>
public sealed class PeftFolderTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();
    private readonly AdapterFolder _adapter = new();

    public void Dispose()
    {
        _adapter.Dispose();
        _tiny.Dispose();
    }

    /// <summary>
    /// A configuration's keys, and the modules that PEFT gives LoRA to with rank and scale: <c>layer linear r scale</c>.
    /// </summary>
    [Theory]
    [InlineData(
        "'r': 4, 'lora_alpha': 6, 'use_rslora': true, 'target_modules': ['q_proj']",
        "0 q_proj 4 3; 1 q_proj 4 3")]
    [InlineData(
        "'r': 3, 'lora_alpha': 5, 'use_rslora': true, 'target_modules': ['o_proj']",
        "0 o_proj 3 2.886751345948129; 1 o_proj 3 2.886751345948129")]
    [InlineData(
        "'r': 4, 'lora_alpha': 8, 'rank_pattern': {'q_proj': 2, 'layers.1.self_attn.v_proj': 6}, "
            + "'alpha_pattern': {'v_proj': 3}, 'target_modules': ['v_proj', 'q_proj', 'up_proj']",
        "0 q_proj 2 4; 1 q_proj 2 4; 0 v_proj 4 0.75; 1 v_proj 6 0.5; 0 up_proj 4 2; 1 up_proj 4 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 0, 'alpha_pattern': {'q_proj': 4}, 'target_modules': ['q_proj', 'v_proj', 'o_proj']",
        "0 q_proj 2 2; 1 q_proj 2 2; 0 v_proj 2 0; 1 v_proj 2 0; 0 o_proj 2 0; 1 o_proj 2 0")]
    [InlineData(
        "'r': 2, 'lora_alpha': 8, 'rank_pattern': {'.*0.*proj': 4, 'q_proj': 1}, 'target_modules': ['q_proj']",
        "0 q_proj 4 2; 1 q_proj 1 8")]
    [InlineData(
        "'r': 4, 'lora_alpha': 6, 'rank_pattern': {'down_proj': 9}, 'use_rslora': true, "
            + "'target_modules': ['down_proj', 'k_proj']",
        "0 down_proj 9 2; 1 down_proj 9 2; 0 k_proj 4 3; 1 k_proj 4 3")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'layers_to_transform': [1], 'target_modules': ['q_proj', 'down_proj']",
        "1 q_proj 2 2; 1 down_proj 2 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'layers_to_transform': 0, 'layers_pattern': 'layers', 'target_modules': ['q_proj']",
        "0 q_proj 2 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'target_modules': '.*layers\\\\.1.*\\\\.(q_proj|gate_proj)'",
        "1 q_proj 2 2; 1 gate_proj 2 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'target_modules': ['model.layers.1.self_attn.k_proj', 'o_proj']",
        "1 k_proj 2 2; 0 o_proj 2 2; 1 o_proj 2 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'exclude_modules': ['layers.0.self_attn.q_proj'], 'target_modules': ['q_proj']",
        "1 q_proj 2 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'exclude_modules': '.*mlp.*|.*(q|k|v)_proj', 'target_modules': 'all-linear'",
        "0 o_proj 2 2; 1 o_proj 2 2")]
    [InlineData(
        "'r': 2, 'lora_alpha': 4, 'fan_in_fan_out': true, 'init_lora_weights': 'eva', 'target_modules': ['v_proj', 'lm_head']",
        "0 v_proj 2 2; 1 v_proj 2 2")]
    [InlineData("'r': 2", "0 q_proj 2 4; 1 q_proj 2 4; 0 v_proj 2 4; 1 v_proj 2 4")]
    public async Task A_configuration_means_what_it_means_to_PEFT(string keys, string modules)
    {
        _adapter.Config = $$"""{"peft_type": "LORA", "bias": "none", {{keys.Replace('\'', '"')}}}""";

        await AgreesAsync(modules);
    }

    [Theory]
    [InlineData(SafetensorsDtype.BF16, "adapter_model.safetensors")]
    [InlineData(SafetensorsDtype.F16, "adapter_model.safetensors")]
    [InlineData(SafetensorsDtype.BF16, "adapter_model.bin")]
    [InlineData(SafetensorsDtype.F16, "adapter_model.bin")]
    [InlineData(SafetensorsDtype.F32, "adapter_model.bin")]
    public async Task Any_type_and_file_will_do(SafetensorsDtype dtype, string file)
    {
        _adapter.Dtype = dtype;
        _adapter.Config = """{"peft_type": "LORA", "r": 3, "lora_alpha": 6, "target_modules": ["o_proj", "up_proj"]}""";

        await AgreesAsync("0 o_proj 3 2; 1 o_proj 3 2; 0 up_proj 3 2; 1 up_proj 3 2", file);
    }

    [Fact]
    public void What_is_multiplied_into_B_is_told_with_what_it_costs()
    {
        _adapter.Config = """
            {"r": 4, "lora_alpha": 8, "rank_pattern": {"q_proj": 3}, "alpha_pattern": {"layers.0.self_attn.v_proj": 4},
             "target_modules": ["q_proj", "v_proj", "o_proj"]}
            """;
        Add("0 q_proj 3 0; 1 q_proj 3 0; 0 v_proj 4 0; 1 v_proj 4 0; 0 o_proj 4 0; 1 o_proj 4 0");
        _adapter.Write();
        var notices = new List<string>();

        _adapter.Load(_tiny.Config, notices).Dispose();

        Assert.Equal(2, notices.Count);
        Assert.Contains("2 modules have the scale 2.66667 where others have 2; their B is multiplied by 1.33333, and rounded",
            notices[0], StringComparison.Ordinal);
        Assert.Contains("multiplied by 0.5, which is exact", notices[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'use_dora': true", "use_dora: true is not supported: DoRA")]
    [InlineData("'use_qalora': true", "use_qalora: true is not supported")]
    [InlineData("'lora_bias': true", "lora_bias: true is not supported: experts have no bias")]
    [InlineData("'bias': 'lora_only'", "bias: \"lora_only\" is not one of none")]
    [InlineData("'modules_to_save': ['lm_head']", "modules_to_save: it is not empty, and is not supported: the backbone")]
    [InlineData("'trainable_token_indices': [1]", "trainable_token_indices: it is not empty")]
    [InlineData("'layer_replication': [[0, 1]]", "layer_replication: it is not empty")]
    [InlineData("'target_parameters': ['a']", "target_parameters: it is not empty")]
    [InlineData("'alora_invocation_tokens': [1]", "alora_invocation_tokens: it is not empty")]
    [InlineData("'use_bdlora': {'a': 1}", "use_bdlora: it is not empty")]
    [InlineData("'arrow_config': {'top_k': 3}", "arrow_config: it is not empty")]
    [InlineData("'kasa_config': {'a': 1}", "kasa_config: it is not empty")]
    [InlineData("'monteclora_config': {'a': 1}", "monteclora_config: it is not empty")]
    [InlineData("'init_lora_weights': 'pissa_niter_4'", "init_lora_weights: \"pissa_niter_4\" changes the backbone's weights")]
    [InlineData("'init_lora_weights': 'olora'", "init_lora_weights: \"olora\" changes the backbone's weights")]
    [InlineData("'peft_type': 'ADALORA'", "peft_type: \"ADALORA\" is not one of LORA, MOLA, LORAMOE")]
    [InlineData("'target_modules': ['c_attn']", "target_modules: none of the backbone's 2 layers has such a linear")]
    [InlineData("'target_modules': '(q_proj'", "target_modules: the regular expression ^(?:(q_proj)$ cannot be used")]
    [InlineData("'rank_pattern': {'q_proj': 2.5}", "rank_pattern: 2.5 is not a whole number")]
    [InlineData("'rank_pattern': {'q_proj': 'two'}", "rank_pattern.q_proj: \"two\" is not a number from 1")]
    [InlineData("'lora_alpha': 0", "lora_alpha: 0 makes an adapter that does nothing")]
    public void What_does_more_than_plain_lora_is_refused_by_name(string key, string expected)
    {
        _adapter.Config = $$"""{"r": 2, "target_modules": ["q_proj"], {{key.Replace('\'', '"')}}}""";
        Add("0 q_proj 2 0; 1 q_proj 2 0");
        _adapter.Write();

        Fails("adapter_config.json", expected);
    }

    [Fact]
    public void A_module_that_should_be_there_and_one_that_should_not_are_named()
    {
        _adapter.Config = """{"r": 2, "target_modules": ["q_proj"]}""";
        Add("0 q_proj 2 0");
        _adapter.Write();
        Fails("adapter.safetensors", "tensor 'base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight' is missing");

        Add("1 q_proj 2 0; 1 v_proj 2 0");
        _adapter.Write();
        Fails("adapter.safetensors", "layers.1.self_attn.v_proj.lora_A.weight' does not belong to the adapter");
    }

    private static (int Layer, Linear Linear, int Rank, double Scale)[] Parse(string modules) =>
    [
        .. modules.Split("; ").Select(module => module.Split(' ')).Select(parts => (
            int.Parse(parts[0]), LinearNames.Parse(parts[1])!.Value, int.Parse(parts[2]), double.Parse(parts[3]))),
    ];

    private void Add(string modules)
    {
        foreach (var (layer, linear, rank, _) in Parse(modules))
        {
            _adapter.AddExpert(
                layer, linear.Path(), null, rank, _tiny.Config.InputWidth(linear), _tiny.Config.OutputWidth(linear));
        }
    }

    private async Task AgreesAsync(string modules, string file = "adapter_model.safetensors")
    {
        Add(modules);
        _adapter.Write(file);
        var scales = Parse(modules).ToDictionary(module => (module.Layer, module.Linear.Path()), module => module.Scale);
        var reference = new ReferenceModel(_tiny.Config, _tiny.Values, change: (layer, path, x) =>
        {
            var name = $"base_model.model.model.layers.{layer}.{path}.lora_";
            return scales.TryGetValue((layer, path), out var scale)
                ? Array.ConvertAll(_adapter.Times(name + "B.weight", _adapter.Times(name + "A.weight", x)), y => scale * y)
                : null;
        });
        var tokens = _tiny.Tokens(12, seed: 3);

        using var model = new TestModel(_tiny.Folder, config => _adapter.Load(config));

        var expected = reference.Logits(tokens);
        Agreement.Within(1e-4, expected, await model.LogitsAsync(tokens), "logits");
        var without = new ReferenceModel(_tiny.Config, _tiny.Values).Logits(tokens);
        Assert.True(expected.Zip(without, (a, b) => Math.Abs(a[0] - b[0])).Max() > 1e-2, "the adapter does nothing");
    }

    private void Fails(string file, string expected)
    {
        var error = Assert.ThrowsAny<MorException>(() => _adapter.Load(_tiny.Config).Dispose());

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
