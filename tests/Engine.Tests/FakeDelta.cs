namespace MoR.Engine.Tests;

internal sealed class FakeDelta : IMicroBatchDelta
{
    private readonly OpenCount _open;
    private bool _disposed;

    public FakeDelta(OpenCount open, int position, long value)
    {
        (_open, Position, Value) = (open, position, value);
        open.Add("delta");
    }

    public int Position { get; }

    public long Value { get; }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _open.Remove("delta");
        }
    }
}
