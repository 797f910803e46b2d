using System.Collections.Concurrent;

namespace MoR.Cluster.Tests.Support;

/// <summary>Runs asynchronous code on the calling thread, in order, as the simulator does. Work that goes elsewhere is an error: then
/// nothing is left to run here, and the code has not ended.</summary>
internal sealed class SingleThread : SynchronizationContext
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _work = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private TaskCompletionSource? _idle;
    private string? _strayed;
    private int _count;

    /// <summary>Runs code to its end.</summary>
    /// <param name="code">What to run.</param>
    /// <param name="time">A clock that moves whenever nothing is left to run, for an hour at most.</param>
    /// <returns>The number of pieces of work that it took.</returns>
    public static int Run(Func<Task> code, ManualTime? time = null)
    {
        var before = Current;
        var context = new SingleThread();
        SetSynchronizationContext(context);
        try
        {
            context.Pump(code(), time);
            return context._count;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Ends when nothing else is left to run.</summary>
    public static Task IdleAsync() =>
        (((SingleThread)Current!)._idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_thread != Environment.CurrentManagedThreadId)
            _strayed ??= Environment.StackTrace;
        _work.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private void Pump(Task code, ManualTime? time)
    {
        while (!code.IsCompleted)
        {
            if (_work.TryDequeue(out var work))
            {
                _count++;
                work.Callback(work.State);
            }
            else if (_idle is { } idle)
            {
                _idle = null;
                idle.SetResult();
            }
            else if (time?.Now < TimeSpan.FromHours(1))
            {
                time.Advance(_tick);
            }
            else
            {
                Assert.Fail($"Nothing is left to run, and the code has not ended. {_strayed}");
            }
        }

        Assert.True(_strayed == null, $"The code went on on another thread:\n{_strayed}");
        code.GetAwaiter().GetResult();
    }
}
