using System.Collections.Concurrent;
using System.Net.Sockets;
using MoR.Cluster.Links;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;
using MoR.Cluster.Transport.Runtime;
using Xunit.Abstractions;

namespace MoR.Cluster.Tests.Fuzzing;

/// <summary>Mutants against a listener on loopback, while a good peer exchanges messages with it.</summary>
public sealed class ListenerFuzzTests(ITestOutputHelper output) : IAsyncDisposable
{
    private static readonly JoinToken _token = JoinToken.Parse("correct horse battery", "test");
    private static readonly LinkOptions _options = new()
    {
        MostMessageBytes = 2 * FrameFuzzer.MostTensorBytes,
        MostUnreadBytes = FrameFuzzer.MostTensorBytes,
    };

    private readonly TcpTransport _transport = new();
    private readonly CountingMemory _memory = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<LinkException> _refused = new();
    private readonly ConcurrentQueue<Task> _served = new();
    private int _ended;

    public ValueTask DisposeAsync()
    {
        _stop.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task Two_hundred_mutants_end_their_links_and_nothing_else() => FuzzAsync(200);

    [Fact]
    [Trait("Tier", "long")]
    public Task Ten_thousand_mutants_end_their_links_and_nothing_else() => FuzzAsync(10_000);

    private async Task FuzzAsync(int count)
    {
        await using var listener = _transport.Listen("127.0.0.1:0");
        var door = new AuthenticatingListener(
            listener, NewHandshake(1), TimeProvider.System, connection => _served.Enqueue(ServeAsync(connection)), _refused.Enqueue);
        var running = door.RunAsync(_stop.Token);
        var goodConnection = await NewHandshake(2).ConnectAsync(_transport, listener.Address, CancellationToken.None);
        await using var good = new Link(goodConnection, "server", _options, _memory, TimeProvider.System);
        var goodRunning = good.RunAsync();
        var fuzzer = new FrameFuzzer();
        for (var number = 0; number < count; number++)
        {
            await SendAsync(listener.Address, fuzzer.Make(number), isGreeted: number % 8 != 7);
            if (number % 20 == 0)
                await AskAsync(good, number);
        }

        Assert.False(goodRunning.IsCompleted);
        await good.DisposeAsync();
        await _stop.CancelAsync();
        await running;
        await Task.WhenAll(_served);
        output.WriteLine($"{count:N0} mutants by their numbers as seeds: {_ended:N0} links ended by name, "
            + $"{_refused.Count:N0} refused at the door, at most {_memory.MostLiveBytes:N0} bytes of tensors");
        Assert.Equal(count + 1, _ended + _refused.Count);
        Assert.Equal(count / 8, _refused.Count);
        Assert.Equal(0, door.HalfOpenCount);
        Assert.Equal(0, _memory.LiveTensors);
        // The good peer's and one mutant's; what was read and not taken, what is being read, and what is in hand.
        Assert.InRange(_memory.MostLiveBytes, 1, 10 * FrameFuzzer.MostTensorBytes);
    }

    /// <summary>Sends a mutant, after the handshake or instead of it, and waits until the other end has closed the connection.</summary>
    private async Task SendAsync(string address, Mutant mutant, bool isGreeted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var connection = isGreeted
            ? await NewHandshake(mutant.Number).ConnectAsync(_transport, address, deadline.Token)
            : await _transport.ConnectAsync(address, deadline.Token);
        try
        {
            await connection.Stream.WriteAsync(mutant.Bytes, deadline.Token);
            ((NetworkStream)connection.Stream).Socket.Shutdown(SocketShutdown.Send);
            var heard = new byte[1 << 16];
            while (await connection.Stream.ReadAsync(heard, deadline.Token) > 0)
            {
                // Echoes of messages that passed.
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // It was closed while more was on its way.
        }
    }

    private static async Task AskAsync(Link link, int number)
    {
        using var question = Messages.Make(number, 300);
        await link.SendAsync(question, SendPriority.Critical);
        using var answer = await link.ReceiveAsync(CancellationToken.None);
        answer.AssertIs(number, 300);
    }

    /// <summary>Answers every message with itself until the link ends.</summary>
    private async Task ServeAsync(Connection connection)
    {
        await using var link = new Link(connection, connection.Peer, _options, _memory, TimeProvider.System);
        var running = link.RunAsync();
        try
        {
            while (true)
            {
                using var message = await link.ReceiveAsync(CancellationToken.None);
                await link.SendAsync(message, SendPriority.Critical);
            }
        }
        catch (LinkException)
        {
            Interlocked.Increment(ref _ended);
        }

        await running;
    }

    private static Handshake NewHandshake(int seed) => new(_token, new SeededRandom(seed), TimeProvider.System);
}
