namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Bytes that passed this process's ends of connections.</summary>
internal sealed class Traffic
{
    private long _out;
    private long _in;

    /// <summary>Written and read until now.</summary>
    public (long Out, long In) Bytes => (Interlocked.Read(ref _out), Interlocked.Read(ref _in));

    /// <summary>A stream that counts here.</summary>
    public Stream Around(Stream stream) => new Counted(stream, this);

    private sealed class Counted(Stream inner, Traffic traffic) : StreamAround(inner)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = await base.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref traffic._in, bytes);
            return bytes;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Interlocked.Add(ref traffic._out, buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
