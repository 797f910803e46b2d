using MoR.Cluster.Errors;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Runs;
using MoR.Engine;
using MoR.Simulation.Models;

namespace MoR.Simulation.Worlds;

/// <summary>
/// A coordinator's process: opens the run, listens, waits for nodes, makes steps, saves, and ends, with the production code for all
/// of it but the model.
/// </summary>
/// <param name="world">Where it lives.</param>
/// <param name="machine">What it is given.</param>
internal sealed class CoordinatorProgram(World world, ProcessParts machine) : IFatalExit
{
    /// <summary>Where the run is on the disk.</summary>
    public const string RunPath = "/run/training";

    private static readonly TimeSpan JoinDeadline = TimeSpan.FromMinutes(30);

    /// <summary>Runs it to its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var folder = RunFolder.IsRun(machine.Disk, RunPath)
            ? RunFolder.Open(machine.Disk, RunPath, machine.Note)
            : RunFolder.Create(machine.Disk, RunPath, "model: of a simulation");
        using var training = world.Model.Open(machine);
        if (folder.Checkpoints.Steps().Count > 0)
        {
            training.Restore(folder.Checkpoints.LoadLatest(machine.Note));
        }

        var metrics = folder.OpenMetrics(training.Version == 0 ? -1 : training.Version, machine.Note);
        var epoch = folder.RaiseEpoch();
        world.Laws.Began(epoch, training.Version, training.Hash);
        machine.Note($"epoch {epoch} goes on from step {training.Version}");
        var (session, experts) = ClusterSession.Start(
            SessionParts.Plan(World.Address), SessionParts.Of(world, machine, World.Address, epoch, training), machine.Executor);
        await using (session)
        {
            _ = world.WatchAsync(session);
            try
            {
                await session.UntilJoinedAsync(world.Expected, JoinDeadline, () => Task.CompletedTask, stop);
                await TrainAsync(training, epoch, session, experts, folder, metrics, stop);
            }
            catch (OperationCanceledException)
            {
                Save(folder, training);
                machine.Note("stopped, and saved");
                return 3;
            }
            Save(folder, training);
            world.Completed(training, folder);
            await world.UntilCreditIsBackAsync(session, machine.Time);
            await session.EndRunAsync($"{training.Version} steps");
            return 0;
        }
    }

    /// <inheritdoc/>
    public void Die(string reason, Exception cause)
    {
        world.Laws.Break("law 2, exactly once", $"{reason}: {cause}");
    }

    private async Task TrainAsync(
        ITraining training, long epoch, ClusterSession session, NodeExpertLink nodes, RunFolder folder, MetricsLog metrics,
        CancellationToken stop)
    {
        var experts = new PlacedExperts(nodes, training.InProcess(), () => session.Actor.HasExperts, session.UntilReadyAsync);
        var trainer = new WorkerTrainer(
            session.Actor, new CountedMessages(training.MicroBatches, () => world.ByWorkers++),
            new MicroBatchRunner(machine.Executor, experts), machine.Executor, world.Model.Window, world.Knobs.SharesMachine, machine.Note);
        var next = training.Engine(machine.Executor, experts, this, epoch, trainer);
        await experts.PublishAsync(training.Version, stop);
        while (training.Version < world.Model.Steps)
        {
            world.Begins(training.Version + 1);
            var loss = await StepAsync(next, training, epoch, folder, stop);
            metrics.Append(training.Version, json => json.WriteNumber("loss", double.IsFinite(loss) ? loss : 0));
            if (training.Version % world.Knobs.CheckpointEvery == 0)
            {
                Save(folder, training);
            }
        }
    }

    /// <summary>One step; if nodes are missing for it, what was reached is saved first.</summary>
    private async Task<double> StepAsync(
        Func<CancellationToken, Task<double>> next, ITraining training, long epoch, RunFolder folder, CancellationToken stop)
    {
        try
        {
            var loss = await next(stop);
            world.Committed(epoch, training, loss);
            return loss;
        }
        catch (RunException)
        {
            Save(folder, training);
            throw;
        }
    }

    private void Save(RunFolder folder, ITraining training)
    {
        if (training.Version == 0)
        {
            return;
        }

        var step = training.Version;
        folder.Save(step, training.Files());
        world.Laws.SavedStep(step);
        folder.Checkpoints.Prune(keepLast: 2);
        world.Laws.Keep(folder.Checkpoints.Steps());
        machine.Note($"step {step} is saved");
    }
}
