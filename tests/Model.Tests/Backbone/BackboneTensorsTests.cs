using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Tests.Reference;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Backbone;

public sealed class BackboneTensorsTests
{
    [Fact]
    public void A_bias_that_the_configuration_does_not_mention_is_refused()
    {
        using var tiny = new TinyBackbone(architecture: TinyArchitectures.Of("llama, all biases"));
        Set(tiny, "mlp_bias", false);

        Refused(
            tiny,
            "tensor 'model.layers.0.mlp.down_proj.bias' is no part of the llama that config.json describes, and 5 more are not");
    }

    [Fact]
    public void A_bias_that_is_missing_is_named()
    {
        using var tiny = new TinyBackbone();
        Set(tiny, "attention_bias", true);

        Refused(tiny, "tensor 'model.layers.0.self_attn.q_proj.bias' is missing");
    }

    [Fact]
    public void Layers_that_the_configuration_leaves_out_are_refused()
    {
        using var tiny = new TinyBackbone(layers: 3);
        Set(tiny, "num_hidden_layers", 2);

        Refused(tiny, "tensor 'model.layers.2.input_layernorm.weight' is no part of the llama");
    }

    [Fact]
    public void A_file_that_the_index_names_and_that_is_missing_is_refused()
    {
        using var tiny = new TinyBackbone(files: 3);
        File.Delete(Path.Combine(tiny.Folder, "model-00002-of-00003.safetensors"));

        Refused(tiny, "model-00002-of-00003.safetensors: the file is missing");
    }

    [Fact]
    public void A_tensor_that_the_index_leaves_out_is_missing_even_if_a_file_holds_it()
    {
        using var tiny = new TinyBackbone(files: 2);
        var path = Path.Combine(tiny.Folder, "model.safetensors.index.json");
        var index = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.True(index["weight_map"]!.AsObject().Remove("model.norm.weight"));
        File.WriteAllText(path, index.ToJsonString());

        Refused(tiny, "tensor 'model.norm.weight' is missing");
    }

    [Fact]
    public void A_tensor_in_another_file_than_the_index_says_is_refused()
    {
        using var tiny = new TinyBackbone(files: 2);
        var path = Path.Combine(tiny.Folder, "model.safetensors.index.json");
        var index = JsonNode.Parse(File.ReadAllText(path))!;
        index["weight_map"]!["model.norm.weight"] = "model-00002-of-00002.safetensors";
        File.WriteAllText(path, index.ToJsonString());

        Refused(tiny, "it sends tensor 'model.norm.weight' to model-00002-of-00002.safetensors, which does not hold it");
    }

    private static void Refused(TinyBackbone tiny, string problem)
    {
        var config = LlamaConfigFile.Read(tiny.Folder);
        using var pool = new MathPool(1);
        var error = Assert.Throws<InputException>(
            () => LlamaWeights.Load(tiny.Folder, config, float32, CPU, pool).Dispose());

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static void Set(TinyBackbone tiny, string key, JsonNode value)
    {
        var path = Path.Combine(tiny.Folder, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json[key] = value;
        File.WriteAllText(path, json.ToJsonString());
    }
}
