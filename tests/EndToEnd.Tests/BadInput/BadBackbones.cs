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

    public static IEnumerable<BadInput> All =>
    [
        BadInput.InSetting("no backbone folder", "backbone.path=/nowhere/model", "/nowhere/model", "backbone.path"),
        BadInput.InWorld("no config.json", world => File.Delete(world[Config]), Config, "missing", "backbone.path"),
        BadInput.InWorld("config.json is no JSON", world => File.WriteAllText(world[Config], "{\"hidden_size\": 16,,"), Config, "not valid JSON"),
        BadInput.InWorld("config.json is a list", world => File.WriteAllText(world[Config], "[]"), Config, "not a JSON object"),
        BadInput.InWorld(
            "scaled rotary embeddings",
            world => world.SetConfig("rope_scaling", new JsonObject { ["type"] = "yarn" }),
            Config, "rope_scaling", "yarn", "not supported"),
        BadInput.InWorld("biased attention", world => world.SetConfig("attention_bias", true), Config, "attention_bias", "true"),
        BadInput.InWorld("another architecture", world => world.SetConfig("model_type", "gpt2"), Config, "model_type", "gpt2", "llama"),
        BadInput.InWorld("heads that do not divide", world => world.SetConfig("num_attention_heads", 5), Config, "num_attention_heads", "5"),
        BadInput.InWorld("a hidden size of text", world => world.SetConfig("hidden_size", "16"), Config, "hidden_size", "\"16\""),
        BadInput.InWorld("more layers than weights", world => world.SetConfig("num_hidden_layers", 3), "backbone", "model.layers.2.", "missing"),
        BadInput.InWorld("another width than the weights'", world => world.SetConfig("intermediate_size", 32), Weights, "[24, 16]", "[32, 16]"),
        BadInput.InWorld("no tokenizer.json", world => File.Delete(world[Tokenizer]), Tokenizer),
        BadInput.InWorld(
            "a part of the tokenizer that is unknown",
            world => world.Edit(Tokenizer, "\"pre_tokenizer\":{\"type\":\"ByteLevel\"", "\"pre_tokenizer\":{\"type\":\"BertPreTokenizer\""),
            Tokenizer, "pre_tokenizer", "BertPreTokenizer"),
        BadInput.InWorld(
            "a tokenizer of another model", world => world.Edit(Tokenizer, "\"BPE\"", "\"Unigram\""), Tokenizer, "Unigram", "BPE"),
        BadInput.InWorld(
            "more tokens than the backbone has",
            world => File.WriteAllText(world[Tokenizer], TinyTokenizer.Json(unused: 3)),
            Tokenizer, "102", "100"),
        BadInput.InWorld("no weights", world => File.Delete(world[Weights]), "backbone", "safetensors"),
        BadInput.InWorld(
            "truncated weights",
            world => File.WriteAllBytes(world[Weights], File.ReadAllBytes(world[Weights])[..^1000]),
            Weights),
        BadInput.InWorld("weights with a corrupt header", CorruptHeader, Weights),
        BadInput.InWorld("empty weights", world => File.WriteAllText(world[Weights], ""), Weights),
        BadInput.InWorld("weights that are a page of HTML", world => File.WriteAllText(world[Weights], "<!doctype html>"), Weights),
        BadInput.InWorld("weights without a tensor", LoseTensor, "backbone", "model.layers.1.mlp.up_proj.weight", "missing"),
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
