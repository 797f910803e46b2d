using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MoR.Cluster.Random;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;
using MoR.Tests;

namespace MoR.EndToEnd.Tests;

/// <summary><c>evaluate</c> and <c>generate</c> say what a reference says.</summary>
public sealed class InferenceTests
{
    private const double Tolerance = 1e-4;
    private const string Prefix = "base_model.model.model.layers.";

    [Theory]
    [InlineData("linear", "probability", null)]
    [InlineData("dispatch", "probability", 2)]
    [InlineData("dispatch", "logit", null)]
    [InlineData("block", "probability", 2)]
    public async Task The_nll_of_another_programs_adapter_is_the_references(
        string scope, string mixing, int? topM)
    {
        using var world = new TinyWorld();
        var weights = TinyTensors.Llama(TinyWorld.Config, seed: 1).Values;

        await CompareAsync(world, world.Backbone, TinyWorld.Config, weights, Spec(scope, mixing, topM), tokens: 40);
    }

    [SkippableTheory]
    [InlineData("linear")]
    [InlineData("dispatch")]
    public async Task So_is_that_of_one_on_the_story_backbone(string scope)
    {
        var backbone = SharedData.Require("weights/story-llama-hf");
        using var world = new TinyWorld();
        var config = LlamaConfigFile.Read(backbone);

        await CompareAsync(world, backbone, config, Read(backbone), Spec(scope, "probability", 2), tokens: 32);
    }

    [Fact]
    public async Task A_backbone_alone_is_measured_too()
    {
        using var world = new TinyWorld();
        var tokens = WriteIds(world, 30);
        var reference = new ReferenceModel(TinyWorld.Config, TinyTensors.Llama(TinyWorld.Config, seed: 1).Values);

        var run = await InProcess.RunAsync("evaluate", "--backbone", world.Backbone, "--ids", world["ids.txt"]);

        Assert.Equal(reference.Nll(tokens), (double)run.Succeeded().Json["nll"]!, Tolerance);
        Assert.Equal(29, (int)run.Json["predicted_tokens"]!);
    }

    [Fact]
    public async Task A_text_longer_than_the_backbones_positions_is_predicted_whole()
    {
        using var world = new TinyWorld();
        var tokens = WriteIds(world, 150);
        var reference = new ReferenceModel(TinyWorld.Config, TinyTensors.Llama(TinyWorld.Config, seed: 1).Values);
        var windows = new[] { tokens[..65], tokens[64..129], tokens[128..] };

        var run = await InProcess.RunAsync("evaluate", "--backbone", world.Backbone, "--ids", world["ids.txt"], "--json");

        var expected = windows.Sum(window => reference.Nll(window) * (window.Length - 1)) / 149;
        Assert.Equal(expected, (double)run.Succeeded().Json["nll"]!, Tolerance);
        Assert.Equal(149, (int)run.Json["predicted_tokens"]!);
    }

    [Fact]
    public async Task The_nll_of_a_text_is_that_of_its_tokens()
    {
        using var world = new TinyWorld();
        File.WriteAllText(world["text.txt"], "ab no");
        File.WriteAllText(world["ids.txt"], Ids("a", "b", "Ġ", "no"));

        var text = await InProcess.RunAsync("evaluate", "--backbone", world.Backbone, "--text", world["text.txt"]);
        var ids = await InProcess.RunAsync("evaluate", "--backbone", world.Backbone, "--ids", world["ids.txt"]);

        Assert.Equal(4, (int)text.Succeeded().Json["tokens"]!);
        Assert.Equal((double)ids.Succeeded().Json["nll"]!, (double)text.Json["nll"]!);
    }

    [Fact]
    public async Task A_text_in_another_encoding_is_refused_and_not_guessed_at()
    {
        using var world = new TinyWorld();
        File.WriteAllBytes(world["text.txt"], "caf\u00e9 no"u8.ToArray().AsSpan(0, 4).ToArray());

        var text = await InProcess.RunAsync("evaluate", "--backbone", world.Backbone, "--text", world["text.txt"]);

        Assert.Contains("UTF-8", text.Ended(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Greedy_text_is_the_same_every_time_and_sampled_text_by_its_seed()
    {
        using var world = new TinyWorld();
        (await InProcess.RunAsync("train", world.Recipe, "--steps", "3", "--no-eval", "--output", world["run"]))
            .Succeeded();
        var greedy = await GenerateAsync(world);
        var sampled = await GenerateAsync(world, "--temperature", "0.8", "--seed", "1");

        Assert.True(JsonNode.DeepEquals(greedy, await GenerateAsync(world, "--threads", "1")));
        Assert.True(JsonNode.DeepEquals(sampled, await GenerateAsync(world, "--temperature", "0.8", "--seed", "1")));
        Assert.False(JsonNode.DeepEquals(sampled, await GenerateAsync(world, "--temperature", "0.8", "--seed", "2")));
        Assert.True(JsonNode.DeepEquals(greedy, await GenerateAsync(world, "--temperature", "0.8", "--top-p", "1e-9")));
    }

    [Fact]
    public async Task Generated_text_is_printed_alone_or_with_its_tokens()
    {
        using var world = new TinyWorld();
        string[] command = ["generate", "--backbone", world.Backbone, "--prompt", "red", "--max-tokens", "20"];
        var plain = (await MorProcess.RunForPeopleAsync(command)).Succeeded();
        var json = (await MorProcess.RunAsync(command)).Succeeded();

        Assert.Equal((string)json.Json["text"]! + "\n", plain.Output);
        Assert.Equal(["text", "tokens", "prompt_tokens", "stop"], json.Json.Select(item => item.Key));
        var tokens = json.Json["tokens"]!.AsArray().Select(token => (int)token!).ToArray();
        Assert.Equal(3, (int)json.Json["prompt_tokens"]!);
        Assert.Equal(tokens.Length == 20 ? "max_tokens" : "end_of_text", (string)json.Json["stop"]!);
        Assert.Equal(Greedy("red", tokens.Length), tokens);
        var text = string.Concat(tokens.Select(token => TinyTokenizer.Tokens[token]));
        Assert.Equal(text.Replace('Ġ', ' ').Replace('Ċ', '\n'), (string)json.Json["text"]!);
    }

    private static string Ids(params string[] tokens) =>
        string.Join(',', tokens.Select(token => TinyTokenizer.Tokens.ToList().IndexOf(token)));

    /// <summary>The reference's likeliest continuation, read anew for every token.</summary>
    private static IEnumerable<int> Greedy(string prompt, int count)
    {
        var reference = new ReferenceModel(TinyWorld.Config, TinyTensors.Llama(TinyWorld.Config, seed: 1).Values);
        var vocabulary = TinyTokenizer.Tokens.ToList();
        List<int> tokens = [.. prompt.Select(c => vocabulary.IndexOf(c.ToString()))];
        for (var i = 0; i < count; i++)
        {
            var logits = reference.Logits([.. tokens])[^1];
            tokens.Add(Array.IndexOf(logits, logits.Max()));
        }

        return tokens.Skip(prompt.Length);
    }

    private static async Task<JsonObject> GenerateAsync(TinyWorld world, params string[] more) =>
        (await InProcess.RunAsync(["generate", world["run"], "--prompt", "blue", "--max-tokens", "24", .. more]))
            .Succeeded().Json;

    private static AdapterSpec Spec(string scope, string mixing, int? topM) => new(
        new ExpertSpec
        {
            CountPerLayer = [3, 4],
            RankPerLayer = [3, 2],
            Alpha = 5,
            Targets = [Linear.QProj, Linear.VProj, Linear.OProj, Linear.UpProj, Linear.DownProj],
        },
        new RouterSpec
        {
            Kind = "mor",
            SubRouters = 3,
            TopK = 2,
            TopM = topM,
            Scope = Enum.Parse<RouterScope>(scope, ignoreCase: true),
            Mixing = Enum.Parse<RouterMixing>(mixing, ignoreCase: true),
        });

    private static async Task CompareAsync(
        TinyWorld world, string backbone, LlamaConfig config, Dictionary<string, double[]> weights, AdapterSpec spec,
        int tokens)
    {
        var adapter = WriteAdapter(world, config, spec);
        var ids = WriteIds(world, tokens);

        var run = await MorProcess.RunAsync(
            "evaluate", "--backbone", backbone, "--adapter", world["adapter"], "--ids", world["ids.txt"]);

        var expected = new ReferenceModel(config, weights, spec, adapter).Nll(ids);
        Assert.Equal(expected, (double)run.Succeeded().Json["nll"]!, Tolerance);
        var without = new ReferenceModel(config, weights).Nll(ids);
        Assert.True(Math.Abs(expected - without) > 0.01, "the adapter does too little to be seen");
    }

    private static Dictionary<string, double[]> WriteAdapter(TinyWorld world, LlamaConfig config, AdapterSpec spec)
    {
        var tensors = new TinyTensors(seed: 5);
        var (experts, router) = (spec.Experts, spec.Router);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var points = experts.Targets
                .Select(linear => (Linear: linear, Site: SiteOf(linear, router.Scope))).ToArray();
            foreach (var (linear, site) in points.DistinctBy(point => point.Site))
            {
                var input = router.Scope == RouterScope.Block ? config.HiddenSize : config.InputWidth(linear);
                for (var j = 0; j < router.SubRouters; j++)
                {
                    var name = $"{Prefix}{layer}.{site}.router.sub.{j}.weight";
                    tensors.Add(name, 0.3, experts.CountPerLayer[layer], input);
                }

                tensors.Add($"{Prefix}{layer}.{site}.router.main.weight", 0.3, router.SubRouters, input);
            }

            foreach (var (linear, expert) in points.SelectMany(point =>
                Enumerable.Range(0, experts.CountPerLayer[layer]).Select(expert => (point.Linear, expert))))
            {
                var name = $"{Prefix}{layer}.{linear.Path()}.experts.{expert}.";
                var rank = experts.RankPerLayer[layer];
                tensors.Add(name + "lora_A.weight", 0.2, rank, config.InputWidth(linear));
                tensors.Add(name + "lora_B.weight", 0.2, config.OutputWidth(linear), rank);
            }
        }

        Directory.CreateDirectory(world["adapter"]);
        tensors.Write(world["adapter/adapter.safetensors"]);
        File.WriteAllText(world["adapter/adapter_config.json"], $$"""
            {
              "peft_type": "LORA", "r": 8, "lora_alpha": {{experts.Alpha}}, "bias": "none",
              "target_modules": ["q_proj", "v_proj", "o_proj", "up_proj", "down_proj"],
              "mor": {
                "router": {
                  "kind": "mor", "sub_routers": {{router.SubRouters}}, "top_k": {{router.TopK}},
                  "top_m": {{router.TopM?.ToString() ?? "null"}},
                  "mixing": "{{router.Mixing.ToString().ToLowerInvariant()}}",
                  "scope": "{{router.Scope.ToString().ToLowerInvariant()}}"
                },
                "experts": {"kind": "lora", "count": [3, 4], "rank": [3, 2], "alpha": {{experts.Alpha}}}
              }
            }
            """);
        return tensors.Values;
    }

    private static string SiteOf(Linear linear, RouterScope scope) => scope switch
    {
        RouterScope.Linear => linear.Path(),
        RouterScope.Block => "block",
        _ => linear switch
        {
            Linear.QProj or Linear.KProj or Linear.VProj => "self_attn.qkv",
            Linear.OProj => "self_attn.o",
            Linear.DownProj => "mlp.down",
            _ => "mlp.gate_up",
        },
    };

    private static int[] WriteIds(TinyWorld world, int count)
    {
        var random = new CounterRandom(11);
        var ids = new int[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = random.NextBelow(TinyWorld.Config.VocabularySize);
        }

        File.WriteAllText(world["ids.txt"], string.Join(", ", ids) + "\n");
        return ids;
    }

    private static Dictionary<string, double[]> Read(string backbone)
    {
        using var file = SafetensorsFile.Open(Path.Combine(backbone, "model.safetensors"));
        return file.Tensors.Keys.ToDictionary(
            name => name,
            name => Array.ConvertAll(
                MemoryMarshal.Cast<byte, float>(file.Bytes(name)).ToArray(), value => (double)value));
    }
}
