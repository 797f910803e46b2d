using MoR.Cluster.Seams;

namespace MoR.Model.Tests;

/// <summary>Runs work at once on the calling thread.</summary>
internal sealed class InlineExecutor : IMathExecutor
{
    public Task<T> RunAsync<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (InvalidOperationException failure)
        {
            return Task.FromException<T>(failure);
        }
    }
}
