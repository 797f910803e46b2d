using System.Runtime.ExceptionServices;
using TorchSharp;

namespace MoR.Torch.Runtime;

/// <summary>One <see cref="MathPool.For"/>: hands out indices until none is left or one has failed.</summary>
internal sealed class Loop(int count, Action<int> body, int helpersWanted)
{
    private readonly object gate = new();
    private int next = -1;
    private int joined;
    private int working;
    private int failedIndex = int.MaxValue;
    private ExceptionDispatchInfo? failure;

    internal int HelpersWanted => helpersWanted;

    /// <summary>Whether one more thread may help; it must then call <see cref="Help"/>.</summary>
    internal bool TryJoin()
    {
        lock (gate)
        {
            if (joined == helpersWanted || Volatile.Read(ref next) >= count - 1)
            {
                return false;
            }

            joined++;
            working++;
            return true;
        }
    }

    internal void Help()
    {
        Work();
        lock (gate)
        {
            working--;
            Monitor.PulseAll(gate);
        }
    }

    internal void Work()
    {
        while (true)
        {
            var index = Interlocked.Increment(ref next);
            if (index >= count)
            {
                // Many threads may come here; the counter must not wrap around.
                Volatile.Write(ref next, count);
                return;
            }

            try
            {
                using var hidden = TorchRuntime.IsolateScopes();
                using var unrecorded = torch.no_grad();
                using var scope = torch.NewDisposeScope();
                body(index);
            }
#pragma warning disable CA1031 // Whatever the body throws belongs to the caller of For.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Fail(index, error);
            }
        }
    }

    /// <summary>
    /// Helpers that joined are executing the body, never waiting for this thread, so this wait ends however loops nest.
    /// </summary>
    internal void WaitForHelpers()
    {
        lock (gate)
        {
            while (working > 0)
            {
                Monitor.Wait(gate);
            }
        }
    }

    internal void ThrowIfFailed() => failure?.Throw();

    private void Fail(int index, Exception error)
    {
        lock (gate)
        {
            if (index < failedIndex)
            {
                failedIndex = index;
                failure = ExceptionDispatchInfo.Capture(error);
            }
        }

        Volatile.Write(ref next, count);
    }
}
