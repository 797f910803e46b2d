using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Tests.Reference;

namespace MoR.Model.Tests.Adapters;

/// <summary>
/// Folders as MoE-PEFT writes them (adapter_config.json and adapter_model.bin) compute its function, which is written out
/// here from its adapters/mola/model.py and adapters/loramoe/model.py, or are refused.
/// </summary>
public sealed class MoePeftFolderTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();
    private readonly AdapterFolder _adapter = new();

    public void Dispose()
    {
        _adapter.Dispose();
        _tiny.Dispose();
    }

    [Theory]
    [InlineData("'top_k': 2", 2, 1.5)]
    [InlineData("'top_k': 1", 1, 1.5)]
    [InlineData("'top_k': 3, 'use_rslora': true", 3, 3)]
    [InlineData("'lora_init': 'gaussian'", 2, 1.5)]
    public async Task A_MoLA_keeps_the_top_k_of_a_softmax_per_linear(string keys, int k, double scale)
    {
        Write("MOLA", keys, "q_proj", "o_proj", "down_proj");

        await AgreesAsync("mola", scale, probabilities =>
        {
            var kept = probabilities.Order().Reverse().Take(k).ToArray();
            return Array.ConvertAll(probabilities, p => p >= kept[^1] ? p / kept.Sum() : 0);
        });
    }

    [Fact]
    public async Task A_LoRAMoE_of_the_MLP_keeps_all_experts()
    {
        Write("LORAMOE", "'routing_strategy': 'loramoe'", "gate_proj", "up_proj", "down_proj");

        await AgreesAsync("loramoe", 1.5, probabilities => probabilities);
    }

    [Fact]
    public async Task The_strategy_names_the_kind_where_peft_type_does_not()
    {
        Write("MOLA", "'top_k': 1", "q_proj");
        _adapter.Config = _adapter.Config.Replace(
            "\"peft_type\": \"MOLA\"", "\"routing_strategy\": \"mola\"", StringComparison.Ordinal);
        _adapter.Write("adapter_model.bin");

        await AgreesAsync("mola", 1.5, probabilities =>
            Array.ConvertAll(probabilities, p => p == probabilities.Max() ? 1.0 : 0));
    }

    [Theory]
    [InlineData("MIXLORA", "'routing_strategy': 'mixlora'", "\"MIXLORA\" has no counterpart: MixLoRA's experts are whole MLPs")]
    [InlineData("MIXLORA", "'routing_strategy': 'mixlora-dynamic'", "\"MIXLORA\" has no counterpart")]
    [InlineData("DYNMOLE", "'keep_top_k': 2", "\"DYNMOLE\" has no counterpart: DynMoLE chooses a number of experts")]
    [InlineData("MOLA", "'use_dora': true", "use_dora: true is not supported")]
    [InlineData("MOLA", "'top_k': 4", "top_k: 4 is not a whole number from 1 to 3")]
    [InlineData("LORAMOE", "'x': 1", "target_modules: LoRAMoE gives q_proj plain LoRA and the MLP's linears experts")]
    public void What_is_another_function_is_refused_by_name(string kind, string keys, string expected)
    {
        Write(kind, keys, "q_proj", "down_proj");

        Refused("adapter_config.json", expected);
    }

    [Theory]
    [InlineData("num_experts")]
    [InlineData("r")]
    [InlineData("lora_alpha")]
    [InlineData("target_modules")]
    public void A_key_that_is_missing_is_named(string key)
    {
        Write("MOLA", "'top_k': 1", "q_proj");
        _adapter.Config = _adapter.Config.Replace($"\"{key}\"", "\"other\"", StringComparison.Ordinal);
        _adapter.Write("adapter_model.bin");

        Refused("adapter_config.json", $"{key}: the key is missing");
    }

    [Fact]
    public void A_classifiers_head_has_no_place()
    {
        Write("MOLA", "'top_k': 1", "q_proj");
        _adapter.AddWhole("classifier", 2, 16);
        _adapter.Write("adapter_model.bin");

        Refused("adapter_model.bin", "tensor 'classifier' does not belong to the adapter");
    }

    [Fact]
    public void Experts_of_another_number_are_refused()
    {
        Write("MOLA", "'top_k': 1", "q_proj");
        _adapter.Config = _adapter.Config.Replace("\"num_experts\": 3", "\"num_experts\": 2", StringComparison.Ordinal);
        _adapter.Write("adapter_model.bin");

        Refused("adapter_model.bin", "'mola.layers.0.self_attn.q_proj.moe_gate.weight' is [3, 16]");
    }

    /// <summary>Three experts of rank 4 and α = 6 at each linear of both layers.</summary>
    private void Write(string kind, string keys, params string[] targets)
    {
        foreach (var layer in (int[])[0, 1])
        {
            foreach (var linear in targets.Select(name => LinearNames.Parse(name)!.Value))
            {
                var name = $"{kind.ToLowerInvariant()}.layers.{layer}.{linear.Path()}.";
                var (input, output) = (_tiny.Config.InputWidth(linear), _tiny.Config.OutputWidth(linear));
                _adapter.AddWhole(name + "moe_gate.weight", 3, input);
                for (var expert = 0; expert < 3; expert++)
                {
                    _adapter.AddWhole($"{name}experts.{expert}.lora_A.weight", 4, input);
                    _adapter.AddWhole($"{name}experts.{expert}.lora_B.weight", output, 4);
                }
            }
        }

        _adapter.Config = $$"""
            {
              "bias": "none", "peft_type": "{{kind}}", "r": 4, "lora_alpha": 6, "lora_dropout": 0.05,
              "target_modules": ["{{string.Join("\", \"", targets)}}"], "num_experts": 3,
              "base_model_name_or_path": "some/llama", "task_type": "CAUSAL_LM", {{keys.Replace('\'', '"')}}
            }
            """;
        _adapter.Write("adapter_model.bin");
    }

    private async Task AgreesAsync(string method, double scale, Func<double[], double[]> gatesOf)
    {
        var reference = new ReferenceModel(_tiny.Config, _tiny.Values, change: (layer, path, x) =>
        {
            var name = $"{method}.layers.{layer}.{path}.";
            if (!_adapter.Tensors.ContainsKey(name + "moe_gate.weight"))
            {
                return null;
            }

            var gates = gatesOf(ReferenceModel.Softmax(_adapter.Times(name + "moe_gate.weight", x)));
            var sum = new double[_adapter.Tensors[name + "experts.0.lora_B.weight"].Shape[0]];
            for (var expert = 0; expert < gates.Length; expert++)
            {
                var inner = _adapter.Times($"{name}experts.{expert}.lora_A.weight", x);
                var more = _adapter.Times($"{name}experts.{expert}.lora_B.weight", inner);
                sum = [.. sum.Zip(more, (left, right) => left + (gates[expert] * scale * right))];
            }

            return sum;
        });
        var tokens = _tiny.Tokens(12, seed: 3);

        using var model = new TestModel(_tiny.Folder, config => _adapter.Load(config));

        var expected = reference.Logits(tokens);
        Agreement.Within(1e-4, expected, await model.LogitsAsync(tokens), "logits");
        var without = new ReferenceModel(_tiny.Config, _tiny.Values).Logits(tokens);
        Assert.True(expected.Zip(without, (a, b) => Math.Abs(a[0] - b[0])).Max() > 1e-2, "the adapter does nothing");
    }

    private void Refused(string file, string expected)
    {
        var error = Assert.ThrowsAny<MorException>(() => _adapter.Load(_tiny.Config).Dispose());

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
