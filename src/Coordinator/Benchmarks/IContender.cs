namespace MoR.Coordinator.Benchmarks;

/// <summary>Somebody who does the measured work, one way.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Its name in tables and JSON.</summary>
    string Name { get; }

    /// <summary>Does the work a number of times.</summary>
    Task<Turn> RunAsync(int times, CancellationToken stop);
}

/// <summary>One turn of a contender.</summary>
/// <param name="Seconds">Time of the work, without what stands around it.</param>
/// <param name="Losses">The loss of each step, where there is one: what says that the work was the same.</param>
/// <param name="PeakBytes">The most memory that its process had resident until now; 0 where that is not its own.</param>
internal sealed record Turn(double Seconds, IReadOnlyList<double> Losses, long PeakBytes = 0)
{
    /// <summary>Processor time of the work, of all its processes; 0 where it is not measured.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>The tokens that a generation gave, for the same purpose.</summary>
    public IReadOnlyList<int> Tokens { get; init; } = [];
}
