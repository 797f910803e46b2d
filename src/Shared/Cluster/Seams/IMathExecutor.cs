namespace MoR.Cluster.Seams;

/// <summary>Where mathematics runs: a pool of threads in production, inline and in order in the simulator.</summary>
public interface IMathExecutor
{
    /// <summary>Queues <paramref name="work"/>; it runs from start to end on one thread.</summary>
    Task<T> RunAsync<T>(Func<T> work);
}
