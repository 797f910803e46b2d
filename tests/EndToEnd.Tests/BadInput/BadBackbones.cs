using System.Buffers.Binary;
using System.Text.Json.Nodes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>Backbone folders that cannot be used.</summary>
internal static class BadBackbones
{
    private const string Config = "backbone/config.json";
    private const string Tokenizer = "backbone/tokenizer.json";
    private const string Weights = "backbone/model.safetensors";

    public static IEnumerable<Mistake> All =>
    [
        Mistake.InSetting("no backbone folder", "backbone.path=/nowhere/model", "/nowhere/model", "backbone.path"),
        Mistake.InWorld("no config.json", world => File.Delete(world[Config]), Config, "missing", "backbone.path"),
        Mistake.InWorld(
            "config.json is no JSON",
            world => File.WriteAllText(world[Config], "{\"hidden_size\": 16,,"),
            Config,
            "not valid JSON"),
        Mistake.InWorld(
            "config.json is a list",
            world => File.WriteAllText(world[Config], "[]"),
            Config,
            "not a JSON object"),
        Mistake.InWorld(
            "scaled rotary embeddings",
            world => world.SetConfig("rope_scaling", new JsonObject { ["type"] = "yarn" }),
            Config, "rope_scaling", "yarn", "not supported"),
        Mistake.InWorld(
            "biased attention without biases",
            world => world.SetConfig("attention_bias", true),
            "backbone", "model.layers.0.self_attn.q_proj.bias", "missing"),
        Mistake.InWorld(
            "quantised weights",
            world => world.SetConfig("quantization_config", new JsonObject { ["quant_method"] = "gptq" }),
            Config, "quantization_config", "F32, BF16 and F16"),
        Mistake.InWorld(
            "a mixture of experts as the backbone",
            world => world.SetConfig("model_type", "mixtral"),
            Config, "model_type", "mixtral", "llama, mistral, qwen2"),
        Mistake.InWorld(
            "another architecture",
            world => world.SetConfig("model_type", "gpt2"),
            Config,
            "model_type", "gpt2", "llama"),
        Mistake.InWorld(
            "heads that do not divide",
            world => world.SetConfig("num_attention_heads", 5),
            Config,
            "num_attention_heads", "5"),
        Mistake.InWorld(
            "a hidden size of text",
            world => world.SetConfig("hidden_size", "16"),
            Config,
            "hidden_size", "\"16\""),
        Mistake.InWorld(
            "more layers than weights",
            world => world.SetConfig("num_hidden_layers", 3),
            "backbone", "model.layers.2.", "missing"),
        Mistake.InWorld(
            "another width than the weights'",
            world => world.SetConfig("intermediate_size", 32),
            Weights,
            "[24, 16]", "[32, 16]"),
        Mistake.InWorld("no tokenizer.json", world => File.Delete(world[Tokenizer]), Tokenizer),
        Mistake.InWorld(
            "a part of the tokenizer that is unknown",
            world => world.Edit(
                Tokenizer, "\"pre_tokenizer\":{\"type\":\"Byte", "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer"),
            Tokenizer, "pre_tokenizer", "BertPreTokenizer"),
        Mistake.InWorld(
            "a tokenizer of another model",
            world => world.Edit(Tokenizer, "\"BPE\"", "\"Unigram\""),
            Tokenizer, "Unigram", "BPE"),
        Mistake.InWorld(
            "more tokens than the backbone has",
            world => File.WriteAllText(world[Tokenizer], TinyTokenizer.Json(unused: 3)),
            Tokenizer, "102", "100"),
        Mistake.InWorld("no weights", world => File.Delete(world[Weights]), "backbone", "safetensors"),
        Mistake.InWorld(
            "truncated weights",
            world => File.WriteAllBytes(world[Weights], File.ReadAllBytes(world[Weights])[..^1000]),
            Weights),
        Mistake.InWorld("weights with a corrupt header", CorruptHeader, Weights),
        Mistake.InWorld(
            "an index without its files",
            world =>
            {
                File.Delete(world[Weights]);
                File.WriteAllText(
                    world[Weights + ".index.json"],
                    """{"weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}}""");
            },
            "model-00001-of-00002.safetensors", "missing", "1 tensors"),
        Mistake.InWorld("empty weights", world => File.WriteAllText(world[Weights], ""), Weights),
        Mistake.InWorld(
            "weights that are a page of HTML",
            world => File.WriteAllText(world[Weights], "<!doctype html>"),
            Weights),
        Mistake.InWorld(
            "weights without a tensor",
            LoseTensor,
            "backbone", "model.layers.1.mlp.up_proj.weight", "missing"),
    ];

    private static void CorruptHeader(TinyWorld world)
    {
        var bytes = File.ReadAllBytes(world[Weights]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, long.MaxValue);
        File.WriteAllBytes(world[Weights], bytes);
    }

    private static void LoseTensor(TinyWorld world)
    {
        var weights = world.WriteBackbone("backbone", seed: 1);
        weights.Remove("model.layers.1.mlp.up_proj.weight");
        weights.Write(world[Weights]);
    }
}
