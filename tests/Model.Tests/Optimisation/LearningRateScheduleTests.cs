using MoR.Model.Optimisation;

namespace MoR.Model.Tests.Optimisation;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(DecayShape.Cosine, 0, 1, 0.2)]
    [InlineData(DecayShape.Cosine, 0, 5, 1)]
    [InlineData(DecayShape.Cosine, 0, 10, 0.75)]
    [InlineData(DecayShape.Cosine, 0, 12.5, 0.5)]
    [InlineData(DecayShape.Cosine, 0, 20, 0)]
    [InlineData(DecayShape.Cosine, 0.1, 20, 0.1)]
    [InlineData(DecayShape.Cosine, 0.1, 99, 0.1)]
    [InlineData(DecayShape.Linear, 0, 3, 0.6)]
    [InlineData(DecayShape.Linear, 0, 8, 0.8)]
    [InlineData(DecayShape.Linear, 0.5, 20, 0.5)]
    [InlineData(DecayShape.Linear, 0, 25, 0)]
    [InlineData(DecayShape.Constant, 0, 2, 0.4)]
    [InlineData(DecayShape.Constant, 0.3, 19, 1)]
    public void The_rate_warms_up_and_falls(DecayShape decay, double floor, double step, double expected)
    {
        // Twenty steps, five of warm-up; half steps stand for the two whole ones around them.
        var schedule = new LearningRateSchedule
        {
            Peak = 3e-4,
            Steps = 20,
            WarmupSteps = 5,
            Decay = decay,
            FloorFraction = floor,
        };

        var rate = (schedule.At((long)Math.Floor(step)) + schedule.At((long)Math.Ceiling(step))) / 2;

        Assert.Equal(3e-4 * expected, rate, 1e-15);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 4)]
    [InlineData(9, 4)]
    public void Runs_shorter_than_their_warm_up_have_finite_rates(long warmup, long steps)
    {
        foreach (var decay in Enum.GetValues<DecayShape>())
        {
            var schedule = new LearningRateSchedule { Peak = 1, Steps = steps, WarmupSteps = warmup, Decay = decay };
            for (var step = 1; step <= steps + 1; step++)
            {
                Assert.InRange(schedule.At(step), 0, 1);
            }
        }
    }

    [Fact]
    public void Without_warm_up_the_first_step_starts_to_fall()
    {
        var schedule = new LearningRateSchedule { Peak = 1, Steps = 4, WarmupSteps = 0, Decay = DecayShape.Linear };

        Assert.Equal([0.75, 0.5, 0.25, 0], Enumerable.Range(1, 4).Select(step => schedule.At(step)));
    }
}
