using System.Buffers;

namespace MoR.Model.Safetensors;

/// <summary>A file that was read into memory.</summary>
internal sealed class PinnedBytes(ReadOnlyMemory<byte> content) : SafetensorsBytes
{
    private MemoryHandle pin = content.Pin();

    public override unsafe nint Address => (nint)pin.Pointer;

    public override long Length => content.Length;

    protected override void Dispose(bool disposing) => pin.Dispose();
}
