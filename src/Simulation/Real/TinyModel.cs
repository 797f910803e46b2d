using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Random;
using MoR.Cluster.Seams;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Routing;
using MoR.Model.Workers;
using MoR.Simulation.Models;
using MoR.Simulation.Scheduling;
using MoR.Simulation.Worlds;
using MoR.Torch;
using TorchSharp;

namespace MoR.Simulation.Real;

/// <summary>The demo's backbone with a mixture of LoRA experts and a mixture of routers, and its true numbers.</summary>
internal sealed class TinyModel : IWorldModel
{
    private const int Variants = 4; // of parameters and data; an undisturbed run of each is made once
    private const int Experts = 4;
    private const int Rank = 2;
    private const int MostTokens = 10;
    private static readonly Lazy<LoadedBackbone> _backbone = new(LoadBackbone);
    private static readonly Lazy<BackboneReplica> _workersBackbone = new(() => new BackboneReplica(null, torch.CPU, Backbone.Pool));
    private static readonly Lazy<TinyModel>[] _variants =
        [.. Enumerable.Range(0, Variants).Select(variant => new Lazy<TinyModel>(() => new TinyModel((ulong)variant)))];

    private readonly ulong _seed;
    private readonly AdapterSpec _spec;

    private TinyModel(ulong seed)
    {
        _seed = seed;
        var layers = Backbone.Config.Layers;
        _spec = new AdapterSpec(
            new ExpertSpec
            {
                CountPerLayer = [.. Enumerable.Repeat(Experts, layers)],
                RankPerLayer = [.. Enumerable.Repeat(Rank, layers)],
                Targets = [Linear.QProj, Linear.VProj, Linear.DownProj],
                Shards = 2,
            },
            new RouterSpec { BalanceLoss = 0.01 });
        using var training = new TinyTraining(this);
        ShardBytes = training.ShardBytes;
        Adapter = AdapterShapes.Write(
            File.ReadAllText(Path.Combine(Backbone.Folder, "config.json")), _spec, WireType.F32);
        Replica = Replicas.Write(Backbone.Folder, Backbone.Backbone, _spec, recompute: false);
        Undisturbed = UndisturbedRun.Hashes(new TinyTraining(this), Steps);
    }

    /// <summary>Tokens of a step are few: what is tried here is the cluster.</summary>
    public static int MicroBatches => 2;

    /// <inheritdoc/>
    public int Steps => 20;

    /// <inheritdoc/>
    public int Window => 2;

    /// <inheritdoc/>
    public int Shards => _spec.Experts.Shards;

    /// <inheritdoc/>
    public IReadOnlyList<long> ShardBytes { get; }

    /// <inheritdoc/>
    public AdapterShape Adapter { get; }

    /// <inheritdoc/>
    public Replica Replica { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ulong> Undisturbed { get; }

    /// <summary>The frozen weights, which all processes of all worlds share.</summary>
    public static LoadedBackbone Backbone => _backbone.Value;

    /// <summary>The adapter.</summary>
    public AdapterSpec Spec => _spec;

    /// <summary>Of parameters and data.</summary>
    public ulong Seed => _seed;

    /// <summary>The model of a world.</summary>
    public static TinyModel Of(ulong seed) => _variants[seed % Variants].Value;

    /// <summary>The micro-batches of a step: sequences of random tokens.</summary>
    public IReadOnlyList<PackedBatch> Batches(long step) =>
    [
        .. Enumerable.Range(0, MicroBatches).Select(position =>
        {
            var random = new CounterRandom(_seed, Streams.Values, (ulong)step, (ulong)position);
            var tokens = new int[3 + random.NextBelow(MostTokens - 3)];
            for (var i = 0; i < tokens.Length; i++)
            {
                tokens[i] = 2 + random.NextBelow(Backbone.Config.VocabularySize - 2);
            }

            return PackedBatch.ForPrediction([(tokens, 1)]);
        }),
    ];

    /// <inheritdoc/>
    public ITraining Open(ProcessParts machine) => new TinyTraining(this);

    /// <inheritdoc/>
    public INodeMath NodeMath(ProcessParts machine, Machine kind, Action paddingSeen, Func<bool> fails) =>
        new FailingMath(
            new TorchNodeMath(machine.Executor, torch.CPU, kind, productsPerSecond: 1e9, WorkersBackbone()), fails);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Steps} steps of {MicroBatches} micro-batches on the demo's backbone, {Shards} shards of {Experts} experts in each layer";

    /// <summary>The backbone of all workers of all worlds, read as a worker reads it.</summary>
    private BackboneReplica WorkersBackbone()
    {
        lock (_workersBackbone)
        {
            var (layout, _, types) = Replicas.Read(Adapter, Replica);
            _workersBackbone.Value.Load(layout.Config, Replica, types, CancellationToken.None);
            return _workersBackbone.Value;
        }
    }

    private static LoadedBackbone LoadBackbone()
    {
        var path = ShippedFolder.Find("demo") is { } demo ? Path.Combine(demo, "backbone") : "";
        if (!Directory.Exists(path))
        {
            throw new InputException(
                "--depth real", "the demo's backbone is not beside the program",
                "Run from a clone or a published folder, or leave it out.");
        }

        using var folder = BackboneFolder.Open(path, _ => { });
        return folder.Load(RecipeDtype.F32, torch.CPU, threads: 1);
    }
}
