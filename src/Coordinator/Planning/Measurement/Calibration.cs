namespace MoR.Coordinator.Planning.Measurement;

/// <summary>
/// Finds the speeds that cannot be measured alone, from whole steps: each is what makes the model say what one step, or the
/// difference of two, took. A few rounds, since each depends a little on the others.
/// </summary>
internal static class Calibration
{
    private const int Rounds = 6;
    private const int Halvings = 60;
    private const double LeastSeconds = 1e-14;
    private const double MostSeconds = 1;

    /// <summary>No byte and no operation costs so little.</summary>
    private const double Nothing = 1e-13;

    /// <summary>The machine that takes as long as was measured, as nearly as its costs can be positive.</summary>
    /// <param name="measured">Products and memory, measured alone; the rest is replaced.</param>
    /// <param name="steps">Timed steps.</param>
    public static MachineSpeed Fit(MachineSpeed measured, MeasuredSteps steps)
    {
        var machine = measured;
        for (var round = 0; round < Rounds; round++)
        {
            machine = Solve(
                machine, Difference(steps.ShortManyExperts, steps.Short), (speed, cost) => speed with { SecondsPerExpert = cost });
            machine = Solve(machine, Whole(steps.Short), (speed, cost) => speed with { SecondsPerDispatch = cost });
            machine = Solve(
                machine, Difference(steps.HighRank, steps.Usual), (speed, cost) => speed with { ExpertOperationsPerSecond = 1 / cost });
            machine = Solve(machine, Whole(steps.Usual), (speed, cost) => speed with { ActivationBytesPerSecond = 1 / cost });
            machine = Solve(
                machine, Difference(steps.FewOnNode, steps.Few), (speed, cost) => speed with { SecondsPerMessage = cost });
            machine = Solve(
                machine, Difference(steps.ManyOnNode, steps.Many), (speed, cost) => speed with { SecondsPerWireByte = cost });
        }

        return machine;
    }

    /// <summary>Whether every cost is one that a machine can have; on a busy machine a step with a node may take less than one without,
    /// and then some are nothing.</summary>
    public static bool IsPlausible(MachineSpeed machine) => new[]
    {
        machine.SecondsPerExpert, machine.SecondsPerDispatch, machine.SecondsPerMessage, machine.SecondsPerWireByte,
        1 / machine.ExpertOperationsPerSecond, 1 / machine.ActivationBytesPerSecond,
    }.All(cost => cost is > Nothing and < MostSeconds / 2);

    /// <summary>What the model says of a step.</summary>
    public static double Predict(MachineSpeed machine, MeasuredStep step)
    {
        var forecaster = new Forecaster(machine, LinkSpeed.Local);
        return (step.Nodes == 0 ? forecaster.InProcess(step.Run) : forecaster.Experts(step.Run, step.Nodes)).Times.Step;
    }

    private static Func<MachineSpeed, double> Whole(MeasuredStep step) => machine => Predict(machine, step) - step.Seconds;

    private static Func<MachineSpeed, double> Difference(MeasuredStep more, MeasuredStep less) => machine =>
        Predict(machine, more) - Predict(machine, less) - (more.Seconds - less.Seconds);

    /// <summary>The cost at which nothing is left over; costs only make steps longer, so halving finds it.</summary>
    private static MachineSpeed Solve(
        MachineSpeed machine, Func<MachineSpeed, double> leftOver, Func<MachineSpeed, double, MachineSpeed> with)
    {
        var (low, high) = (Math.Log(LeastSeconds), Math.Log(MostSeconds));
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = leftOver(with(machine, Math.Exp(middle))) > 0 ? (low, middle) : (middle, high);
        }

        return with(machine, Math.Exp((low + high) / 2));
    }
}
