namespace MoR.Cluster.Tests.Support;

internal static class Wait
{
    /// <summary>Lets others run until something holds. It is a bug of the test or of the program if it never does.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }
}
