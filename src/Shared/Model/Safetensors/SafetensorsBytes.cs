namespace MoR.Model.Safetensors;

/// <summary>The bytes of a whole file at an address that stays the same until it is disposed.</summary>
internal abstract class SafetensorsBytes : IDisposable
{
    /// <summary>The address of the first byte.</summary>
    public abstract nint Address { get; }

    /// <summary>The number of bytes.</summary>
    public abstract long Length { get; }

    /// <summary>The bytes from the start, as many as a span can hold.</summary>
    public unsafe ReadOnlySpan<byte> Start => new((void*)Address, (int)Math.Min(Length, int.MaxValue));

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
