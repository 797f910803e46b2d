using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

/// <summary>A process that ends when it is told.</summary>
internal sealed class FakeNode(int id) : ILocalNode
{
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int ProcessId => id;

    public Task<int> EndedAsync => _ended.Task;

    public bool IsDisposed { get; private set; }

    public void End(int code) => _ended.TrySetResult(code);

    public void Kill() => End(137);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        End(0);
        return ValueTask.CompletedTask;
    }
}
