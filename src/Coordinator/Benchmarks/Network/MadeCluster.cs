using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Models;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Machines;
using MoR.Model.Parameters;
using MoR.Model.Workers;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>The cluster of <c>mor train --nodes</c> around made weights.</summary>
internal sealed class MadeCluster : IAsyncDisposable
{
    /// <summary>The epoch that nodes are welcomed to.</summary>
    public const long Epoch = 1;

    private readonly ClusterSession _session;
    private readonly RememberingStarter _starter;

    private MadeCluster(ClusterSession session, IExpertLink experts, RememberingStarter starter) =>
        (_session, Experts, _starter) = (session, experts, starter);

    /// <summary>The way to the experts.</summary>
    public IExpertLink Experts { get; }

    /// <summary>The nodes' processes.</summary>
    public IReadOnlyList<int> Processes => _starter.Processes;

    /// <summary>Requests that were sent again or answered twice: a measurement should have none.</summary>
    public ClusterCounters Counters => _session.Counters;

    /// <summary>Starts nodes, waits for them, and publishes the parameters.</summary>
    /// <param name="run">Threads, clock and terminal.</param>
    /// <param name="made">The backbone's files.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="adapter">The adapter's parameters and router state.</param>
    /// <param name="around">The network, and what starts nodes.</param>
    /// <param name="nodes">How many.</param>
    /// <param name="stop">Ends the wait.</param>
    public static async Task<MadeCluster> StartAsync(
        BenchmarkRun run, MadeModel made, LoadedBackbone backbone,
        (ParameterVector Parameters, IReadOnlyDictionary<string, Tensor> State) adapter, ClusterSurroundings around, int nodes,
        CancellationToken stop)
    {
        run.Terminal.Progress($"starting {nodes} nodes");
        var starter = new RememberingStarter(around.Starter);
        var plan = new ClusterPlan(
            nodes, Listen: null, nodes, TokenFile: null, TlsFolder: null, AdmitOtherMachines: false, Insecure: false);
        var (session, experts) = ClusterSession.Start(
            plan, Parts(run, made, backbone, adapter, around with { Starter = starter }, plan), backbone.Math);
        try
        {
            await session.UntilJoinedAsync(nodes, RunCluster.LocalJoin, () => Task.CompletedTask, stop);
            await experts.PublishAsync(version: 0, stop);
            return new MadeCluster(session, experts, starter);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _session.EndRunAsync("the measurement is over");
        await _session.DisposeAsync();
    }

    private static ClusterParts Parts(
        BenchmarkRun run, MadeModel made, LoadedBackbone backbone,
        (ParameterVector Parameters, IReadOnlyDictionary<string, Tensor> State) adapter, ClusterSurroundings around, ClusterPlan plan)
    {
        var layout = AdapterLayout.Of(adapter.Parameters);
        var models = new ModelCodec(layout, backbone.Backbone.Device);
        int[] shards = [.. Enumerable.Range(0, layout.Spec.Experts.Shards)];
        var access = ClusterAccess.Open(plan, around, new PhysicalDisk());
        return new ClusterParts
        {
            Options = new ClusterOptions { Hedges = false },
            Terms = new JoinTerms(
                new Welcome
                {
                    Epoch = Epoch,
                    Run = made.Folder,
                    Adapter = AdapterShapes.Write(
                        File.ReadAllText(Path.Combine(made.Folder, "config.json")), layout.Spec, WireType.F32),
                },
                ProgramVersion.Text, MachineIdentity.Of(backbone.Backbone.Device, backbone.Pool), AdmitsOtherMachines: false),
            Link = new LinkOptions(),
            Access = access,
            Listener = access.Listen(),
            Memory = new TorchWireMemory(),
            Starter = around.Starter,
            Time = run.Time,
            Random = around.Random,
            Note = run.Terminal.Progress,
            ShardBytes = [.. shards.Select(shard => sizeof(float) * (layout.ShardOffsets[shard + 1] - layout.ShardOffsets[shard]))],
            Share = new LocalShare(backbone.Backbone.Device, Gpus: 0, run.Threads, plan.Local),
            Codec = new ExpertCodec(layout, WireType.F32, ScalarType.Float32, backbone.Backbone.Device),
            Parameters = version => new PublishedParameters(models.Encode(adapter.Parameters, adapter.State, Epoch, version)),
        };
    }

    private sealed class RememberingStarter(INodeStarter inner) : INodeStarter
    {
        private readonly List<int> _processes = [];

        public IReadOnlyList<int> Processes => _processes;

        public ILocalNode Start(LocalNodeOrder order, Action<string> line)
        {
            var node = inner.Start(order, line);
            _processes.Add(node.ProcessId);
            return node;
        }
    }
}
