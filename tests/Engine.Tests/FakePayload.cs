using MoR.Cluster.Protocol;

namespace MoR.Engine.Tests;

/// <summary>A number on its way, that counts how many of its kind are open.</summary>
internal sealed class FakePayload : TensorPayload
{
    private readonly OpenCount _open;
    private bool _disposed;

    public FakePayload(OpenCount open, long value)
    {
        (_open, Value) = (open, value);
        open.Add("payload");
    }

    public long Value { get; }

    public override IReadOnlyList<long> Shape => [];

    public override long Bytes => sizeof(long);

    public static long Of(TensorPayload payload)
    {
        var fake = (FakePayload)payload;
        ObjectDisposedException.ThrowIf(fake._disposed, fake);
        return fake.Value;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            _open.Remove("payload");
        }
    }
}
