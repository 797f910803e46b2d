using System.Collections.Concurrent;

namespace MoR.Cluster.Tests.Support;

internal static class QueueExtensions
{
    /// <summary>Something to call with what is to be queued; each call is counted.</summary>
    public static Action<T> EnqueueAnd<T>(this ConcurrentQueue<T> queue, SemaphoreSlim count) => item =>
    {
        queue.Enqueue(item);
        count.Release();
    };
}
