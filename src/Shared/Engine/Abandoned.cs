namespace MoR.Engine;

/// <summary>Clean-up of tasks whose failure is reported elsewhere.</summary>
internal static class Abandoned
{
    /// <summary>Waits until <paramref name="task"/> has ended, however it ended, and disposes of what it returned.</summary>
    public static async Task SettleAsync<T>(Task<T> task)
    {
        await task.ContinueWith(
            static ended => _ = ended.Exception, // which marks it as seen
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        if (!task.IsCompletedSuccessfully)
        {
            return;
        }

        switch (await task)
        {
            case IDisposable one:
                one.Dispose();
                break;
            case IEnumerable<IDisposable> many:
                foreach (var item in many)
                {
                    item.Dispose();
                }

                break;
        }
    }
}
