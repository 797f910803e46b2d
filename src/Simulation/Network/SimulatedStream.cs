using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Network;

/// <summary>One end of a connection; disposing of it ends both directions.</summary>
internal sealed class SimulatedStream(
    SimulatedConnection connection, SimulatedProcess owner, SimulatedPipe input, SimulatedPipe output) : Stream
{
    /// <summary>The process whose end it is.</summary>
    public SimulatedProcess Owner => owner;

    /// <summary>What it reads.</summary>
    public SimulatedPipe Input => input;

    /// <summary>What it writes.</summary>
    public SimulatedPipe Output => output;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        input.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        output.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        connection.Close(input, output);
        base.Dispose(disposing);
    }
}
