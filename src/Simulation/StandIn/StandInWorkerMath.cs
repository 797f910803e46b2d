using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Engine;

namespace MoR.Simulation.StandIn;

/// <summary>Whole micro-batches of the stand-in on a worker, with the experts in its process.</summary>
/// <param name="shape">The model.</param>
/// <param name="executor">Where it computes.</param>
/// <param name="memory">Its tensors.</param>
/// <param name="fails">Whether the next request is to throw.</param>
internal sealed class StandInWorkerMath(StandInShape shape, IMathExecutor executor, CountedMemory memory, Func<bool> fails) : IWorkerMath
{
    private readonly StandInState _state = new(shape);

    /// <inheritdoc/>
    public Task LoadAsync(WireMessage model) => executor.RunAsync(() =>
    {
        _state.Load(model.Envelope.PublishModel.Version, model.Tensors);
        return true;
    });

    /// <inheritdoc/>
    public async Task<WireMessage> TrainAsync(WireMessage microBatch, CancellationToken cancel)
    {
        var asked = microBatch.Envelope.MicroBatch;
        var work = await executor.RunAsync(() => fails()
            ? throw new Worlds.DeviceException()
            : new StandInWork(shape, _state, asked.Key.Epoch, asked.Key.Step, asked.Key.MicroBatch)
            {
                Inputs = StandInCodec.Floats(microBatch.Tensors[0]).ToArray(),
            });
        using var delta = (StandInDelta)await new MicroBatchRunner(executor, new StandInLink(shape, _state)).TrainAsync(work, cancel);
        return await executor.RunAsync(() => StandInMessages.Done(memory, asked, delta));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Arrays only.
    }
}
