using MoR.Cluster.Seams;

namespace MoR.ExpertNode.Tests;

/// <summary>Runs work on threads of the process's pool, side by side.</summary>
internal sealed class PoolExecutor : IMathExecutor
{
    public Task<T> RunAsync<T>(Func<T> work) => Task.Run(work);
}
