using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using MoR.Cluster.Actors;
using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>One connection of a node to the coordinator, through a proxy. docs/PROTOCOL.md has its bytes.</summary>
internal sealed class ChaosConnection(TcpClient node, TcpClient coordinator, CancellationToken stop)
{
    /// <summary>Hello and verdict.</summary>
    private static readonly int[] coordinatorHandshake = [44, 36];

    private const int HeaderBytes = 16;
    private const int KindAt = 4;
    private const int BufferBytes = 1 << 16;
    private static readonly TimeSpan frameDelay = TimeSpan.FromMilliseconds(40);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isSwallowed;
    private volatile bool _isCorrupting;
    private long _delayBegan;
    private long _delayTicks;

    /// <summary>Whether bytes still pass.</summary>
    public bool IsOpen => !_over.Task.IsCompleted && !_isSwallowed;

    /// <summary>Passes bytes until an end closes.</summary>
    /// <param name="passing">Told of each message to the node before it passes.</param>
    public async Task RunAsync(Func<Envelope, Task> passing)
    {
        await using var registration = stop.Register(Close);
        await Task.WhenAll(UntilItEndsAsync(UpAsync()), UntilItEndsAsync(DownAsync(passing)));
    }

    public void Close()
    {
        _over.TrySetResult();
        node.Close();
        coordinator.Close();
    }

    public void Swallow() => _isSwallowed = true;

    public void Corrupt() => _isCorrupting = true;

    public void Delay(TimeSpan lasts) => (_delayBegan, _delayTicks) = (Stopwatch.GetTimestamp(), lasts.Ticks);

    private async Task UntilItEndsAsync(Task pump)
    {
        try
        {
            await pump;
        }
        catch (Exception end) when (end is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // An end closed.
        }

        Close();
    }

    private async Task UpAsync()
    {
        var buffer = new byte[BufferBytes];
        var (from, to) = (node.GetStream(), coordinator.GetStream());
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            await UnlessSwallowedAsync();
            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private async Task DownAsync(Func<Envelope, Task> passing)
    {
        var (from, to) = (coordinator.GetStream(), node.GetStream());
        foreach (var length in coordinatorHandshake)
        {
            var message = new byte[length];
            await from.ReadExactlyAsync(message);
            await to.WriteAsync(message);
        }

        var header = new byte[HeaderBytes];
        while (true)
        {
            await from.ReadExactlyAsync(header);
            var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
            await from.ReadExactlyAsync(body);
            if (header[KindAt] == (byte)FrameKind.Head)
            {
                await passing(Envelope.Parser.ParseFrom(body));
            }

            if (_isCorrupting && body.Length > 0)
            {
                _isCorrupting = false;
                body[^1] ^= 1;
            }

            if (Stopwatch.GetElapsedTime(_delayBegan).Ticks < _delayTicks)
            {
                await TimeProvider.System.PauseAsync(frameDelay, stop);
            }

            await UnlessSwallowedAsync();
            await to.WriteAsync(header);
            await to.WriteAsync(body);
        }
    }

    private Task UnlessSwallowedAsync() => _isSwallowed ? _over.Task : Task.CompletedTask;
}
