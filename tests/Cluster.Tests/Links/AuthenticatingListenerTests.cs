using System.Collections.Concurrent;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;
using MoR.Cluster.Transport.Runtime;

namespace MoR.Cluster.Tests.Links;

public sealed class AuthenticatingListenerTests : IAsyncDisposable
{
    private static readonly JoinToken _token = JoinToken.Parse("correct horse battery", "test");

    private readonly ManualTime _time = new();
    private readonly TcpTransport _transport = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Connection> _admitted = new();
    private readonly ConcurrentQueue<LinkException> _refused = new();
    private readonly SemaphoreSlim _events = new(0);
    private readonly IListener _listener;
    private readonly AuthenticatingListener _door;
    private readonly Task _running;

    public AuthenticatingListenerTests()
    {
        _listener = _transport.Listen("127.0.0.1:0");
        _door = new AuthenticatingListener(_listener, NewHandshake(2), _time, _admitted.EnqueueAnd(_events), _refused.EnqueueAnd(_events));
        _running = _door.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Assert.Equal(0, _door.HalfOpenCount);
        await _listener.DisposeAsync();
        foreach (var connection in _admitted)
        {
            await connection.DisposeAsync();
        }

        _stop.Dispose();
        _events.Dispose();
    }

    [Fact]
    public async Task Who_says_nothing_is_dropped_after_five_seconds()
    {
        await using var silent = await _transport.ConnectAsync(_listener.Address, CancellationToken.None);
        await Wait.UntilAsync(() => _door.HalfOpenCount == 1);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(_refused);

        _time.Advance(TimeSpan.FromSeconds(0.2));
        await _events.WaitAsync();

        Assert.Equal("did not finish in time: 0 of 8 bytes of the first bytes of its greeting came", Assert.Single(_refused).Problem);
        Assert.Equal(0, await silent.Stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_thousand_silent_connections_keep_nobody_out()
    {
        List<Connection> silent = [];
        for (var i = 0; i < 1_000; i++)
        {
            silent.Add(await _transport.ConnectAsync(_listener.Address, CancellationToken.None));
            Assert.InRange(_door.HalfOpenCount, 0, AuthenticatingListener.MostHalfOpen);
        }

        var outgoing = await NewHandshake(1).ConnectAsync(_transport, _listener.Address, CancellationToken.None);
        await Wait.UntilAsync(() => !_admitted.IsEmpty);
        Assert.True(_admitted.TryDequeue(out var incoming));
        await using var node = new Link(outgoing, "coordinator", new LinkOptions(), ArrayTensor.Memory, _time);
        await using var coordinator = new Link(incoming, "node", new LinkOptions(), ArrayTensor.Memory, _time);
        _ = Task.WhenAll(node.RunAsync(), coordinator.RunAsync());
        for (var i = 0; i < 20; i++)
        {
            using var question = Messages.Make(i, 1_000);
            await node.SendAsync(question, SendPriority.Critical);
            using var received = await coordinator.ReceiveAsync(CancellationToken.None);
            received.AssertIs(i, 1_000);
        }

        await Wait.UntilAsync(() => _refused.Count >= 1_000 - AuthenticatingListener.MostHalfOpen);
        Assert.All(_refused, refusal => Assert.StartsWith("was dropped as the oldest of 64", refusal.Problem));
        foreach (var connection in silent)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_listener_that_fails_for_a_while_goes_on_later()
    {
        await using var failing = new FailingListener(_listener, failures: 3);
        var door = new AuthenticatingListener(
            failing, NewHandshake(4), _time, _admitted.EnqueueAnd(_events), _refused.EnqueueAnd(_events));
        using var stop = new CancellationTokenSource();
        var running = door.RunAsync(stop.Token);
        await Wait.UntilAsync(() => _refused.Count == 1);
        Assert.Equal(1, failing.Calls);

        await Wait.UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            return failing.Calls == 4;
        });

        Assert.Equal(3, _refused.Count);
        await stop.CancelAsync();
        await running;
    }

    private Handshake NewHandshake(int seed) => new(_token, new SeededRandom(seed), _time);

    private sealed class FailingListener(IListener inner, int failures) : IListener
    {
        public int Calls { get; private set; }

        public string Address => inner.Address;

        public Task<IncomingConnection> AcceptAsync(CancellationToken cancel) =>
            ++Calls <= failures ? throw new LinkException(Address, "takes no connection") : inner.AcceptAsync(cancel);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
