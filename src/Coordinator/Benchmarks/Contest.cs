namespace MoR.Coordinator.Benchmarks;

/// <summary>
/// Rounds in which every contender has a turn, one at a time. Machines drift, so speeds are compared within a round, and
/// another one begins each round, and every other round goes backwards, so that nobody always follows the same one.
/// </summary>
internal sealed class Contest
{
    private readonly Dictionary<string, double[]> _secondsPerTime;
    private readonly Dictionary<string, double[]> _processorPerTime;

    private Contest(
        Dictionary<string, double[]> secondsPerTime, Dictionary<string, double[]> processorPerTime,
        IReadOnlyDictionary<string, long> peakBytes) =>
        (_secondsPerTime, _processorPerTime, PeakBytes) = (secondsPerTime, processorPerTime, peakBytes);

    /// <summary>The most memory that each contender's process had resident, where that is its own.</summary>
    public IReadOnlyDictionary<string, long> PeakBytes { get; }

    /// <summary>Holds the rounds.</summary>
    /// <param name="contenders">Who takes part.</param>
    /// <param name="times">How often each does its work in a turn.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="progress">Told where it is.</param>
    /// <param name="stop">Honoured between turns.</param>
    public static async Task<Contest> HoldAsync(
        IReadOnlyList<IContender> contenders, int times, int rounds, Action<string> progress, CancellationToken stop)
    {
        var seconds = contenders.ToDictionary(
            contender => contender.Name, _ => new double[rounds], StringComparer.Ordinal);
        var processor = contenders.ToDictionary(
            contender => contender.Name, _ => new double[rounds], StringComparer.Ordinal);
        var peaks = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                stop.ThrowIfCancellationRequested();
                var place = round % 2 == 0 ? round + turn : round + contenders.Count - turn;
                var contender = contenders[place % contenders.Count];
                progress($"round {round + 1}/{rounds}: {contender.Name}");
                var result = await contender.RunAsync(times, stop);
                seconds[contender.Name][round] = result.Seconds / times;
                processor[contender.Name][round] = result.ProcessorSeconds / times;
                peaks[contender.Name] = result.PeakBytes;
            }
        }

        return new Contest(seconds, processor, peaks);
    }

    /// <summary>Seconds of a contender's work, once; by round.</summary>
    public IReadOnlyList<double> Each(string name) => _secondsPerTime[name];

    /// <summary>The same, summed up.</summary>
    public Samples Seconds(string name) => new(_secondsPerTime[name]);

    /// <summary>Processor seconds of a contender's work, once, by round; of those who measure them.</summary>
    public IReadOnlyList<double> EachProcessor(string name) => _processorPerTime[name];

    /// <summary>The same, summed up.</summary>
    public Samples ProcessorSeconds(string name) => new(_processorPerTime[name]);

    /// <summary>How many times as fast <paramref name="name"/> was as <paramref name="other"/>, round by round.</summary>
    public Samples Speedup(string name, string other) =>
        new(_secondsPerTime[name].Zip(_secondsPerTime[other], (own, its) => its / own));
}
