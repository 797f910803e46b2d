using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Transport;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Models;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Machines;
using MoR.Model.Workers;
using static TorchSharp.torch;

namespace MoR.Coordinator.Cluster;

/// <summary>Puts the experts of a run on nodes.</summary>
/// <param name="plan">The nodes that are wanted.</param>
/// <param name="access">Who may connect.</param>
/// <param name="listener">Where they do; closed with the session.</param>
/// <param name="around">Processes and randomness.</param>
/// <param name="time">The clock.</param>
/// <param name="note">Tells the user.</param>
internal sealed class RunCluster(
    ClusterPlan plan, ClusterAccess access, IListener listener, ClusterSurroundings around, TimeProvider time, Action<string> note)
{
    private const int BytesPerParameter = 4;

    /// <summary>Processes that end are noticed long before; those that live may be slow on a machine that is busy.</summary>
    internal static readonly TimeSpan LocalJoin = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RemoteJoin = TimeSpan.FromMinutes(30);

    /// <summary>Raises the epoch, waits for the nodes that are expected, and has the adapter train on them.</summary>
    public async Task<ClusterSession> StartAsync(RunOnNodes run, StatusWriter status, CancellationToken stop)
    {
        var (recipe, backbone, adapter) = (run.Recipe, run.Backbone, run.Adapter);
        RequireFloat32(recipe);
        var layout = adapter.Model.Layout;
        var link = new LinkOptions();
        var workerProblem = RequireSizes(layout, link);
        var epoch = run.Folder.RaiseEpoch();
        var codec = new ExpertCodec(layout, recipe.Numerics.Wire, ScalarType.Float32, backbone.Backbone.Device);
        var models = new ModelCodec(layout, backbone.Backbone.Device);
        var machine = MachineIdentity.Of(backbone.Backbone.Device, backbone.Pool);
        var (session, experts) = ClusterSession.Start(
            plan,
            new ClusterParts
            {
                Options = new ClusterOptions
                {
                    Replicas = recipe.Cluster.Replicas,
                    Homeless = TimeSpan.FromSeconds(recipe.Cluster.WaitSeconds),
                    Hedges = !plan.AdmitOtherMachines,
                    MicroBatches = recipe.Training.Window,
                },
                Terms = new JoinTerms(
                    new Welcome
                    {
                        Epoch = epoch,
                        Run = run.Folder.Location,
                        Adapter = AdapterShapes.Write(run.BackboneConfig, layout.Spec, recipe.Numerics.Wire),
                        Replica = Replicas.Write(
                            Path.GetFullPath(recipe.Backbone.Path), backbone.Backbone, layout.Spec, recipe.Training.Recompute),
                    },
                    ProgramVersion.Text, machine, plan.AdmitOtherMachines)
                {
                    WorkerProblem = workerProblem,
                },
                Link = link,
                Access = access,
                Listener = listener,
                Memory = new TorchWireMemory(),
                Starter = around.Starter,
                Time = time,
                Random = around.Random,
                Note = note,
                ShardBytes = ShardBytesOf(layout),
                Share = new LocalShare(
                    backbone.Backbone.Device, ComputeDevice.Gpus, recipe.Numerics.EffectiveThreads, plan.Local),
                Codec = codec,
                Parameters = Copy,
            },
            backbone.Math);
        try
        {
            status.Cluster = session.StatusAsync;
            await WaitsAsync();
            await session.UntilJoinedAsync(plan.Expect, plan.Listen is null ? LocalJoin : RemoteJoin, WaitsAsync, stop);
            adapter.TrainOn(
                new PlacedExperts(experts, adapter.Experts, () => session.Actor.HasExperts, session.UntilReadyAsync), epoch,
                here => new WorkerTrainer(
                    session.Actor, new PackedMessages(new MicroBatchCodec(layout, backbone.Backbone.Device)), here, backbone.Math,
                    recipe.Training.Window, plan.Local > 0, note),
                recipe.Cluster.WhenLost == RecipeWhenLost.Mask ? new ShardMask(layout.Spec, experts.HomelessAsync) : null,
                experts.TakeLoadAsync);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }

        Task WaitsAsync() => status.EnterAsync(RunState.Waiting, run.Folder.Checkpoints.Steps().DefaultIfEmpty().Max());

        PublishedParameters Copy(long version) =>
            new(models.Encode(adapter.Model.Parameters, adapter.State.RouterState, epoch, version));
    }

    /// <summary>Refuses what cannot be published, before anything is changed; returns why no node can be a worker.</summary>
    private string? RequireSizes(AdapterLayout layout, LinkOptions link)
    {
        var shards = ShardBytesOf(layout);
        PublishedSizes.RequireShards(shards, link);
        var state = layout.Sites.Sum(site => layout.Router!.State(site.Experts).Sum(tensor => (long)sizeof(double) * tensor.Length));
        var problem = PublishedSizes.WorkerProblem(BytesPerParameter * layout.ShardOffsets[0], shards, state, link);
        return problem is null || plan.LocalWorkers == 0
            ? problem
            : throw new InputException("--role", $"workers are asked for, and {problem}", "Give --role expert, or a smaller adapter.");
    }

    private static long[] ShardBytesOf(AdapterLayout layout) =>
    [
        .. layout.ShardOffsets.Zip(layout.ShardOffsets.Skip(1), (start, end) => BytesPerParameter * (end - start)),
    ];

    private static void RequireFloat32(Recipe recipe)
    {
        if (recipe.Backbone.Dtype == RecipeDtype.F64)
        {
            throw new InputException(
                "backbone.dtype", "f64 is computed in one process only, and nodes are asked for",
                "Set it to f32 or bf16, or leave out the nodes.");
        }
    }
}
