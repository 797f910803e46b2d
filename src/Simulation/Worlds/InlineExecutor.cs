using MoR.Cluster.Seams;

namespace MoR.Simulation.Worlds;

/// <summary>Mathematics at once, for what is computed outside of a world.</summary>
internal sealed class InlineExecutor : IMathExecutor
{
    /// <inheritdoc/>
    public Task<T> RunAsync<T>(Func<T> work) => Task.FromResult(work());
}
