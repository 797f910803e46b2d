using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Model.Routing;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks;

/// <summary>
/// Greedy generation with an adapter beside generation without, and beside PyTorch with a key/value cache. Every one of ours has
/// a PyTorch counterpart that must give the same tokens, else nothing was compared.
/// </summary>
internal sealed class GenerateBenchmark : IBenchmark
{
    private const string Plain = "mor without adapter";
    private const string TopK = "mor with topk";
    private const string Mixture = "mor with mor";
    private const string Loop = "pytorch loop, topk";
    private const string Dense = "pytorch dense, topk";
    private const string LoopMixture = "pytorch loop, mor";
    private const string Frozen = "pytorch without adapter";
    private const int PromptTokens = 32;
    private const int NewTokens = 96;

    /// <inheritdoc/>
    public string Name => "generate";

    /// <inheritdoc/>
    public string Description => "generation with an adapter beside none, and beside PyTorch's with a cache";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var python = await PythonInterpreter.FindAsync(run.Python, stop);
        using var made = new MadeModel(run.Shape);
        made.WriteTokenizer();
        var prompt = made.Tokens(batch: 0)[0][..Math.Min(PromptTokens, run.Shape.Length)];
        using var files = BackboneFolder.Open(made.Folder, run.Terminal.Note);
        using var backbone = files.Load(RecipeDtype.F32, CPU, run.Threads);
        var contenders = new List<IContender>();
        try
        {
            contenders.Add(Ours(Plain, null));
            contenders.Add(Ours(TopK, RouterCatalogue.TopK));
            contenders.Add(Ours(Mixture, RouterCatalogue.MixtureOfRouters));
            contenders.Add(await TheirsAsync(Loop, "loop", RouterCatalogue.TopK));
            contenders.Add(await TheirsAsync(Dense, "dense", RouterCatalogue.TopK));
            contenders.Add(await TheirsAsync(LoopMixture, "loop", RouterCatalogue.MixtureOfRouters));
            contenders.Add(await TheirsAsync(Frozen, "frozen", RouterCatalogue.TopK));
            await CompareTokensAsync(contenders, run, stop);
            var contest = await Contest.HoldAsync(contenders, times: 1, run.Rounds, run.Terminal.Progress, stop);
            run.Terminal.Progress("");
            return Report(contest, contenders, run, python);
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }

        GenerationContender Ours(string name, string? router) => new(
            name, backbone, router is null ? null : made.WriteAdapterFolder(router), prompt, NewTokens, run.Time);

        Task<PyTorchContender> TheirsAsync(string name, string kind, string router) => PyTorchContender.StartAsync(
            name, python, [BenchmarkRun.Script("generation.py"), kind, WriteConfig(made, router, prompt, run.Threads)], run.Threads,
            stop);
    }

    /// <summary>Also the first turn of each, after which everything is loaded and compiled.</summary>
    private static async Task CompareTokensAsync(List<IContender> contenders, BenchmarkRun run, CancellationToken stop)
    {
        var tokens = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        foreach (var contender in contenders)
        {
            run.Terminal.Progress($"first text: {contender.Name}");
            tokens[contender.Name] = (await contender.RunAsync(times: 1, stop)).Tokens;
        }

        foreach (var (theirs, ours) in new[] { (Loop, TopK), (Dense, TopK), (LoopMixture, Mixture), (Frozen, Plain) })
        {
            var same = tokens[theirs].Zip(tokens[ours]).TakeWhile(pair => pair.First == pair.Second).Count();
            if (same < NewTokens)
            {
                throw new RunException(
                    theirs,
                    $"it gives the first {same} of {NewTokens} tokens that '{ours}' gives, so it did not do the same work and "
                    + "nothing was compared",
                    "Find out which of the two computes something else.");
            }
        }

        if (tokens[TopK].SequenceEqual(tokens[Plain]) || tokens[TopK].SequenceEqual(tokens[Mixture]))
        {
            throw new RunException(
                TopK, "it gives the tokens of another model, so equal tokens say nothing", "Change the made adapter.");
        }
    }

    private static JsonObject Report(
        Contest contest, IReadOnlyList<IContender> contenders, BenchmarkRun run, PythonInterpreter python)
    {
        run.Terminal.Table(
            $"generate, {run.Shape.Name} shape: {NewTokens} tokens after a prompt, {run.Threads} threads, {run.Rounds} rounds",
            ["", "tokens/s", "ms/token (least to most)", $"{TopK} is faster by (least to most)"],
            contenders.Select(contender => (IReadOnlyList<string>)
            [
                contender.Name,
                $"{NewTokens / contest.Seconds(contender.Name).Median:N0}",
                new Samples(contest.Each(contender.Name).Select(seconds => seconds * 1000 / NewTokens)).Text("0.00"),
                contender.Name == TopK ? "" : contest.Speedup(TopK, contender.Name).Text("0.00"),
            ]));
        var (adapter, mixture) = (contest.Speedup(Plain, TopK), contest.Speedup(TopK, Mixture));
        run.Terminal.Line($"an adapter takes {adapter.Text("0.000")} times the time without; mor {mixture.Text("0.000")} times topk's");
        run.Terminal.Line($"all tokens are those of PyTorch {python.TorchVersion}");
        return new JsonObject
        {
            ["shape"] = run.Shape.Name,
            ["new_tokens"] = NewTokens,
            ["tokens_per_second"] = NewTokens / contest.Seconds(TopK).Median,
            ["ratio_adapter_to_none"] = adapter.Median,
            ["ratio_mor_to_topk"] = mixture.Median,
            ["ratio_vs_pytorch_loop"] = contest.Speedup(TopK, Loop).Median,
            ["ratio_vs_pytorch_dense"] = contest.Speedup(TopK, Dense).Median,
            ["tokens_equal"] = true,
            ["pytorch"] = python.TorchVersion,
            ["adapter_to_none"] = adapter.ToJson(),
            ["mor_to_topk"] = mixture.ToJson(),
            ["seconds"] = new JsonObject(contenders.Select(contender => KeyValuePair.Create(
                contender.Name, (JsonNode?)contest.Seconds(contender.Name).ToJson()))),
            ["speedup"] = new JsonObject(contenders.Where(contender => contender.Name != TopK).Select(contender =>
                KeyValuePair.Create(contender.Name, (JsonNode?)contest.Speedup(TopK, contender.Name).ToJson()))),
        };
    }

    private static string WriteConfig(MadeModel made, string router, int[] prompt, int threads)
    {
        var (shape, spec) = (made.Shape, made.Shape.Adapter(router));
        var config = new JsonObject
        {
            ["backbone"] = JsonNode.Parse(File.ReadAllText(Path.Combine(made.Folder, "config.json"))),
            ["backbone_file"] = made.BackboneFile,
            ["adapter_file"] = Path.Combine(made.Folder, router, Path.GetFileName(made.AdapterFile)),
            ["router"] = spec.Router.Kind,
            ["top_k"] = spec.Router.TopK,
            ["sub_routers"] = spec.Router.SubRouters,
            ["rank"] = shape.Rank,
            ["alpha"] = spec.Experts.Alpha,
            ["length"] = prompt.Length + NewTokens,
            ["micro_batches"] = 1,
            ["device"] = "cpu",
            ["threads"] = threads,
            ["prompt"] = new JsonArray([.. prompt.Select(token => (JsonNode)token)]),
            ["new_tokens"] = NewTokens,
        };
        var path = Path.Combine(made.Folder, $"generate-{router}.json");
        File.WriteAllText(path, config.ToJsonString());
        return path;
    }
}
