namespace MoR.Coordinator.Planning;

/// <summary>How long a step takes, and for how long of it everyone is occupied, in seconds.</summary>
internal readonly record struct StepTimes(double Step, double Coordinator, double Node, double Out, double In);
