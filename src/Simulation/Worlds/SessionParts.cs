using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Cluster;
using MoR.Simulation.Models;
using TorchSharp;

namespace MoR.Simulation.Worlds;

/// <summary>What a coordinator of a world makes its session of.</summary>
internal static class SessionParts
{
    /// <summary>No node is started by the coordinator: the world does that.</summary>
    public static ClusterPlan Plan(string address) =>
        new(0, address, 1, World.TokenPath, TlsFolder: null, AdmitOtherMachines: false, Insecure: false);

    /// <summary>The parts.</summary>
    /// <param name="world">The world.</param>
    /// <param name="machine">The coordinator's process.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="training">What it trains.</param>
    public static ClusterParts Of(World world, ProcessParts machine, string address, long epoch, ITraining training)
    {
        var access = ClusterAccess.Open(
            Plan(address), new ClusterSurroundings(_ => machine.Transport, new NoLocalNodes(), machine.Random), machine.Disk);
        return new ClusterParts
        {
            Options = new ClusterOptions { Replicas = world.Knobs.Replicas, MicroBatches = world.Model.Window },
            Terms = new JoinTerms(
                new Welcome
                {
                    Epoch = epoch,
                    Run = CoordinatorProgram.RunPath,
                    Adapter = world.Model.Adapter,
                    Replica = world.Model.Replica,
                },
                World.Build, World.Machine, AdmitsOtherMachines: false),
            Link = new LinkOptions(),
            Access = access,
            Listener = access.Listen(),
            Memory = training.Memory,
            Starter = new NoLocalNodes(),
            Time = machine.Time,
            Random = machine.Random,
            Note = machine.Note,
            ShardBytes = world.Model.ShardBytes,
            Share = new LocalShare(new torch.Device(DeviceType.CPU), Gpus: 0, Threads: 1, Nodes: 0),
            Codec = training.Codec,
            Parameters = version => training.Parameters(epoch, version),
        };
    }
}
