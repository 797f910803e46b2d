namespace MoR.Engine.Tests;

/// <summary>Micro-batches that are trained elsewhere, in several places at once.</summary>
internal sealed class ManyPlaces(EngineFixture fixture, int places) : IMicroBatchTrainer
{
    private readonly MicroBatchRunner _runner = new(fixture.Queue, fixture.Link);
    private int _now;

    public int Places => places;

    /// <summary>The most that were in flight together.</summary>
    public int Most { get; private set; }

    public async Task<IMicroBatchDelta> TrainAsync(IMicroBatchWork work, CancellationToken cancel)
    {
        Most = Math.Max(Most, ++_now);
        try
        {
            return await _runner.TrainAsync(work, cancel);
        }
        finally
        {
            _now--;
        }
    }
}
