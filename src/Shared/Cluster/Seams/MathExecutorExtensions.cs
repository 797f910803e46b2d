namespace MoR.Cluster.Seams;

/// <summary>Work without a result.</summary>
public static class MathExecutorExtensions
{
    /// <summary>Queues <paramref name="work"/>; it runs from start to end on one thread.</summary>
    public static Task RunAsync(this IMathExecutor executor, Action work) => executor.RunAsync(() =>
    {
        work();
        return true;
    });
}
