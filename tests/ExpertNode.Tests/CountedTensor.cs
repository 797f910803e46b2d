using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Tests;

/// <summary>Four values, which cannot be read after they were freed, and freed once only.</summary>
internal sealed class CountedTensor() : WireTensor(ElementType.F32, [4])
{
    private readonly byte[] _bytes = new byte[Messages.Bytes];

    public bool IsFreed { get; private set; }

    public override Memory<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsFreed, this);
            return _bytes;
        }
    }

    protected override void Dispose(bool disposing)
    {
        Assert.False(IsFreed, "a tensor is freed twice");
        IsFreed = true;
    }
}
