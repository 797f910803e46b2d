using MoR.Coordinator.Cluster;

namespace MoR.Simulation.Worlds;

/// <summary>A coordinator of an older epoch that believes that the run is its own: it welcomes whoever comes and publishes.</summary>
internal sealed class StaleCoordinatorProgram(World world, ProcessParts machine, string address)
{
    /// <summary>Runs until it is stopped.</summary>
    public async Task<int> RunAsync(long epoch, CancellationToken stop)
    {
        using var training = world.Model.Open(machine);
        var (session, experts) = ClusterSession.Start(
            SessionParts.Plan(address), SessionParts.Of(world, machine, address, epoch, training), machine.Executor);
        await using (session)
        {
            await experts.PublishAsync(0, stop);
            await session.UntilAsync(_ => false, stop);
        }

        return 0;
    }
}
