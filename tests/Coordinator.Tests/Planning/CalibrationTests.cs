using MoR.Coordinator.Planning;
using MoR.Coordinator.Planning.Measurement;

namespace MoR.Coordinator.Tests.Planning;

public sealed class CalibrationTests
{
    [Fact]
    public void Speeds_that_whole_steps_were_made_with_are_found_again()
    {
        var truth = PlannedRuns.TwoCores;
        var start = truth with
        {
            ExpertOperationsPerSecond = 1,
            ActivationBytesPerSecond = 1,
            SecondsPerExpert = 0,
            SecondsPerDispatch = 0,
            SecondsPerWireByte = 0,
            SecondsPerMessage = 0,
        };

        var found = Calibration.Fit(start, Steps(truth));

        foreach (var step in All(Steps(truth)))
        {
            Assert.Equal(step.Seconds, Calibration.Predict(found, step), step.Seconds * 0.02);
        }

        Assert.Equal(truth.ExpertOperationsPerSecond, found.ExpertOperationsPerSecond, truth.ExpertOperationsPerSecond * 0.1);
        Assert.Equal(truth.SecondsPerMessage, found.SecondsPerMessage, truth.SecondsPerMessage * 0.1);
        Assert.Equal(truth.SecondsPerWireByte, found.SecondsPerWireByte, truth.SecondsPerWireByte * 0.1);
    }

    [Fact]
    public void A_measurement_that_makes_no_sense_gives_costs_that_are_not_negative()
    {
        var steps = Steps(PlannedRuns.TwoCores);
        var wrong = steps with { FewOnNode = steps.FewOnNode with { Seconds = steps.Few.Seconds / 2 } };

        var found = Calibration.Fit(PlannedRuns.TwoCores, wrong);

        Assert.InRange(found.SecondsPerMessage, 0, 1e-12);
        Assert.False(Calibration.IsPlausible(found));
        Assert.True(Calibration.IsPlausible(PlannedRuns.TwoCores));
        Assert.True(Calibration.Predict(found, steps.FewOnNode) > 0);
    }

    private static MeasuredSteps Steps(MachineSpeed truth)
    {
        var usual = PlannedRuns.Small;
        var few = usual with { Sequences = 2, Length = 32 };
        return new MeasuredSteps(
            Timed(usual, 0), Timed(usual with { Spec = PlannedRuns.Spec(2, rank: 32) }, 0), Timed(few, 0),
            Timed(few with { Spec = PlannedRuns.Spec(2, experts: 32) }, 0), Timed(few with { Sequences = 4 }, 0),
            Timed(few with { Sequences = 4 }, 1), Timed(usual with { Sequences = 24 }, 0), Timed(usual with { Sequences = 24 }, 1));

        MeasuredStep Timed(PlannedRun run, int nodes) =>
            new(run, nodes, Calibration.Predict(truth, new MeasuredStep(run, nodes, Seconds: 0)));
    }

    private static MeasuredStep[] All(MeasuredSteps steps) =>
    [
        steps.Usual, steps.HighRank, steps.Short, steps.ShortManyExperts, steps.Few, steps.FewOnNode, steps.Many, steps.ManyOnNode,
    ];
}
