using System.Text.Json.Nodes;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;
using MoR.Model.Adapters;
using MoR.Model.Tests;
using MoR.Model.Tests.Reference;
using MoR.Torch;

namespace MoR.EndToEnd.Tests.Python;

/// <summary>
/// Exported adapters, applied in PyTorch to a Llama that is written in the test's Python: by the module that lies in their
/// folder and, plain LoRA, by PEFT's formula. One Python process does all cases.
/// </summary>
public sealed class PythonModuleTests(PythonModuleTests.Answers answers) : IClassFixture<PythonModuleTests.Answers>
{
    private const double Tolerance = 2e-5;
    private const string Tie = "topk scope=linear counts=3 k=2 shards=2";
    private static readonly int[] Tokens = [3, 1, 4, 1, 5, 9, 2, 6, 31, 30, 29, 28];

    private static readonly string[] Lines =
    [
        "none", "none targets=q_proj,down_proj rank=2 alpha=5", Tie,
        "topk scope=linear", "topk scope=dispatch k=1", "topk scope=block counts=2,5 k=2",
        "topk scope=block targets=down_proj,o_proj k=3",
        "mor r=1 scope=dispatch", "mor scope=linear k=4 targets=k_proj,up_proj",
        .. from scope in (string[])["linear", "dispatch", "block"]
        from m in (int[])[1, 2, 3]
        from mixing in (string[])["probability", "logit"]
        select $"mor scope={scope} r=3 m={m} mixing={mixing} counts=3,4 shards=3",
    ];

    /// <summary>Changes of a good folder's configuration, and what the module says to it.</summary>
    private static readonly (string From, string To, string Expected)[] Mistakes =
    [
        ("\"kind\": \"mor\"", "\"kind\": \"sinkhorn\"", "mor.router.kind is 'sinkhorn', and not one of none, topk, mor"),
        ("\"scope\": \"block\"", "\"scope\": \"model\"", "mor.router.scope is 'model'"),
        ("\"top_k\": 2", "\"top_k\": 9", "mor.router.top_k is 9, and a layer has 3 experts"),
        ("\"sub_routers\": 3", "\"sub_routers\": 4", "router.sub.3.weight' is missing"),
        ("\"rank\": 3", "\"rank\": 2", "lora_A.weight' is [3, 16], and adapter and model need [2, 16]"),
        ("\"count\": 3", "\"count\": 2", "sub.0.weight' is [3, 16], and adapter and model need [2, 16]"),
        ("\"q_proj\",", " ", "q_proj.experts.0.lora_A.weight' does not belong to the adapter"),
        ("\"count\": 3", "\"count\": [3, 3, 3]", "mor.experts.count has 3 numbers, and the model has 2 layers"),
        ("\"bias\": \"none\"", "\"bias\": \"all\"", "convert the adapter with `mor import`"),
        ("\"q_proj\"", "\"lm_head\"", "target_modules is 'lm_head'"),
    ];

    public static TheoryData<string> Cases => [.. Lines];

    public static TheoryData<string> Broken => [.. Mistakes.Select(mistake => mistake.To)];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void The_module_computes_what_mor_computes(string adapter)
    {
        PythonProcess.Require();
        var answer = answers.Of(adapter);
        Skip.If(adapter == Tie && !answers.IsSameTorch, "Of equal values another PyTorch may keep others.");

        Agreement.Within(Tolerance, answers.Expected[adapter], Rows(answer["with"]), "the module's logits");
        Agreement.Within(Tolerance, answers.Backbone, Rows(answer["without"]), "the logits after unloading");
        var change = answers.Expected[adapter].Zip(answers.Backbone, (with, without) => Math.Abs(with[0] - without[0]));
        Assert.True(change.Max() > 0.01, "the adapter does too little to be seen");
    }

    [SkippableTheory]
    [InlineData("none")]
    [InlineData("none targets=q_proj,down_proj rank=2 alpha=5")]
    public void Plain_lora_is_what_PEFTs_formula_gives(string adapter)
    {
        PythonProcess.Require();

        Agreement.Within(Tolerance, answers.Expected[adapter], Rows(answers.Of(adapter)["peft"]), "PEFT's logits");
    }

    [SkippableTheory]
    [MemberData(nameof(Broken))]
    public void A_bad_folder_is_refused_and_the_model_stays(string change)
    {
        PythonProcess.Require();
        var expected = Mistakes.Single(mistake => mistake.To == change).Expected;
        var answer = answers.Of("broken " + change);

        Assert.Contains(expected, (string?)answer["error"] ?? "it was taken", StringComparison.Ordinal);
        Agreement.Within(Tolerance, answers.Backbone, Rows(answer["without"]), "the logits after refusal");
    }

    private static double[][] Rows(JsonNode? node) =>
        [.. node!.AsArray().Select(row => row!.AsArray().Select(value => (double)value!).ToArray())];

    /// <summary>The adapters, what mor makes of them, and what Python does.</summary>
    public sealed class Answers : IAsyncLifetime
    {
        private readonly JsonObject _folders = [];
        private JsonObject _answers = [];

        internal TinyWorld World { get; } = new();

        internal TinyBackbone Tiny { get; } = new();

        internal Dictionary<string, double[][]> Expected { get; } = [];

        internal double[][] Backbone { get; private set; } = [];

        internal bool IsSameTorch { get; private set; }

        public async Task InitializeAsync()
        {
            if (!PythonProcess.IsThere)
            {
                return;
            }

            Backbone = new ReferenceModel(Tiny.Config, Tiny.Values).Logits(Tokens);
            foreach (var (number, line) in Lines.Index())
            {
                await MakeAsync(line, $"case{number}");
            }

            await MakeAsync("mor scope=block counts=3", "good");
            foreach (var (number, (from, to, _)) in Mistakes.Index())
            {
                var folder = $"broken{number}";
                Directory.CreateDirectory(World[folder]);
                foreach (var file in Directory.GetFiles(World["good-out"]))
                {
                    File.Copy(file, Path.Combine(World[folder], Path.GetFileName(file)));
                }

                World.Edit(folder + "/adapter_config.json", from, to);
                _folders["broken " + to] = World[folder];
            }

            _answers = await PythonProcess.RunAsync("apply_adapters.py", new JsonObject
            {
                ["backbone"] = Tiny.Folder,
                ["tokens"] = new JsonArray([.. Tokens.Select(token => (JsonNode)token)]),
                ["cases"] = _folders,
            });
            var version = ((string)_answers["torch"]!).Split('.');
            IsSameTorch = TorchRuntime.Info.LibtorchVersion.StartsWith(
                $"{version[0]}.{version[1]}.", StringComparison.Ordinal);
        }

        public Task DisposeAsync()
        {
            World.Dispose();
            Tiny.Dispose();
            return Task.CompletedTask;
        }

        internal JsonObject Of(string name) => _answers["cases"]![name]!.AsObject();

        private async Task MakeAsync(string line, string name)
        {
            using var model = new TestModel(Tiny.Folder, AdapterCase.Parse(line, Tiny.Config.Layers));
            model.Randomise(seed: 12);
            foreach (var router in AdapterLayout.Of(model.Parameters).Sites.SelectMany(site => site.Weights).Where(_ => line == Tie))
            {
                model.Set(router.Name, new double[router.Count]);
            }

            Directory.CreateDirectory(World[name]);
            using (var tensors = File.Create(World[name + "/adapter.safetensors"]))
            using (var config = File.Create(World[name + "/adapter_config.json"]))
            {
                AdapterFiles.WriteTensors(model.Parameters, tensors);
                AdapterConfigFile.Write(
                    AdapterLayout.Of(model.Parameters).Spec, Tiny.Folder, model.Backbone.Fingerprint, config);
            }

            (await InProcess.RunAsync("import", World[name], "--output", World[name + "-out"])).Succeeded();
            Expected[line] = await model.LogitsAsync(Tokens);
            _folders[line] = World[name + "-out"];
        }
    }
}
