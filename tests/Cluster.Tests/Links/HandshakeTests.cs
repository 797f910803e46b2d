using System.Text;
using MoR.Cluster.Links;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Tests.Links;

public sealed class HandshakeTests
{
    private const string Address = "coordinator";
    private static readonly JoinToken _token = JoinToken.Parse("correct horse battery", "test");
    private static readonly JoinToken _other = JoinToken.Parse("incorrect horse battery", "test");

    private readonly ManualTime _time = new();
    private readonly MemoryTransport _transport = new();
    private readonly IListener _listener;

    public HandshakeTests() => _listener = _transport.Listen(Address);

    public static TheoryData<string, byte[], string> WhatOthersSay { get; } = new()
    {
        { "a browser", "GET / HTTP/1.1\r\n"u8.ToArray(), "speaks another protocol: it begins with \"GET / HT\", not with \"MoRlnk\"" },
        { "noise", [1, 2, 3, 4, 5, 6, 7, 255], "speaks another protocol: it begins with 0x01020304050607ff, not with \"MoRlnk\"" },
        { "TLS", [0x16, 3, 1, 0, 200, 1, 0, 0], "speaks TLS, and this end does not; give certificates to both ends or to none" },
        { "a scanner", [], "closed the connection after 0 of 8 bytes of the first bytes of its greeting" },
        { "a cut", "MoRl"u8.ToArray(), "closed the connection after 4 of 8 bytes of the first bytes of its greeting" },
        { "a cut greeting", [.. "MoRlnk"u8, 2, 0, 1], "closed the connection after 1 of 36 bytes of the rest of its greeting" },
        { "no proof", Greeting(2, 1, 1), "closed the connection after 0 of 32 bytes of its proof" },
        { "an earlier version", Greeting(1, 1, 1), "speaks version 1 of the protocol, and this end version 2; run the same build on both" },
        { "a later version", Greeting(3, 1, 1), "speaks version 3 of the protocol, and this end version 2; run the same build on both" },
        { "a coordinator", Greeting(2, 2, 1), "calls itself a coordinator, and a node was expected" },
        { "nobody", Greeting(2, 9, 1), "calls itself 0x09, and a node was expected" },
        { "no token", Greeting(2, 1, 0), "has no join token, and this end has one; give both the same" },
        { "a flag", Greeting(2, 1, 2), "greets with 0x02 and 0x0000 where 0 or 1 and 0 belong" },
        { "a guess", [.. Greeting(2, 1, 1), .. new byte[32]], "does not know the join token, or has another" },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_ends_with_the_same_token_or_none_pass_and_read_nothing_further(bool hasToken)
    {
        var token = hasToken ? _token : null;
        var accepting = AcceptAsync(token);
        await using var node = await ConnectAsync(token);
        await using var coordinator = await accepting;

        await node.Stream.WriteAsync(new byte[] { 42 });
        await coordinator.Stream.WriteAsync(new byte[] { 43 });

        var byteRead = new byte[2];
        Assert.Equal(1, await coordinator.Stream.ReadAsync(byteRead));
        Assert.Equal(42, byteRead[0]);
        Assert.Equal(1, await node.Stream.ReadAsync(byteRead));
        Assert.Equal(43, byteRead[0]);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_by_name_at_both_ends()
    {
        var accepting = AcceptAsync(_token);

        var atNode = await Assert.ThrowsAsync<LinkException>(() => ConnectAsync(_other));
        var atCoordinator = await Assert.ThrowsAsync<LinkException>(() => accepting);

        Assert.Equal("coordinator: says that this node's join token is not the run's; give both the same.", atNode.Message);
        Assert.Equal("peer-1: does not know the join token, or has another.", atCoordinator.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_at_one_end_only_is_named_at_both(bool nodeHasToken)
    {
        var accepting = AcceptAsync(nodeHasToken ? null : _token);

        var atNode = await Assert.ThrowsAsync<LinkException>(() => ConnectAsync(nodeHasToken ? _token : null));
        var atCoordinator = await Assert.ThrowsAsync<LinkException>(() => accepting);

        Assert.StartsWith(nodeHasToken ? "has no join token" : "has a join token", atNode.Problem);
        Assert.StartsWith(nodeHasToken ? "has a join token" : "has no join token", atCoordinator.Problem);
    }

    [Theory]
    [MemberData(nameof(WhatOthersSay))]
    public async Task Who_comes_with_something_else_is_refused_by_name(string who, byte[] says, string problem)
    {
        var accepting = AcceptAsync(_token);
        var stranger = await _transport.ConnectAsync(Address, CancellationToken.None);
        await stranger.Stream.WriteAsync(says);
        ((MemoryStreamEnd)stranger.Stream).FinishWriting();

        var refusal = await Assert.ThrowsAsync<LinkException>(() => accepting);

        Assert.Equal($"{who}: {problem}", $"{who}: {refusal.Problem}");
        await stranger.DisposeAsync();
    }

    [Fact]
    public async Task Who_does_not_greet_hears_nothing()
    {
        var accepting = AcceptAsync(_token);
        await using var stranger = await _transport.ConnectAsync(Address, CancellationToken.None);
        await stranger.Stream.WriteAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        await Assert.ThrowsAsync<LinkException>(() => accepting);

        Assert.Equal(0, await stranger.Stream.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task A_node_of_a_later_version_hears_the_coordinators()
    {
        var accepting = AcceptAsync(_token);
        await using var node = await _transport.ConnectAsync(Address, CancellationToken.None);
        await node.Stream.WriteAsync(Greeting(3, 1, 1));
        await Assert.ThrowsAsync<LinkException>(() => accepting);

        var heard = new byte[100];
        Assert.Equal(44, await node.Stream.ReadAtLeastAsync(heard, 44));
        Assert.Equal([.. "MoRlnk"u8, 2, 0, 2, 1, 0, 0], heard[..12]);
    }

    [Fact]
    public async Task A_coordinator_that_sends_the_challenge_back_is_refused()
    {
        var refusal = await RefusalOfAsync(async (stream, greeting) => await stream.WriteAsync(greeting));

        Assert.Equal("coordinator: sent this end's own challenge back, as somebody does who knows no join token.", refusal.Message);
    }

    [Fact]
    public async Task A_coordinator_of_a_later_version_is_refused()
    {
        var refusal = await RefusalOfAsync(async (stream, _) => await stream.WriteAsync(Greeting(3, 2, 1)));

        Assert.Equal("coordinator: speaks version 3 of the protocol, and this end version 2; run the same build on both.", refusal.Message);
    }

    [Theory]
    [InlineData(false, "does not know the join token: it is a false coordinator, or has another token")]
    [InlineData(true, "sent this end's own proof back: it is a false coordinator")]
    public async Task A_false_coordinator_is_refused(bool sendsProofBack, string problem)
    {
        var refusal = await RefusalOfAsync(async (stream, _) =>
        {
            await stream.WriteAsync(Greeting(2, 2, 1));
            var proof = new byte[32];
            await stream.ReadExactlyAsync(proof);
            await stream.WriteAsync((byte[])[0, 0, 0, 0, .. sendsProofBack ? proof : new byte[32]]);
        });

        Assert.Equal(problem, refusal.Problem);
    }

    [Fact]
    public async Task A_verdict_that_does_not_exist_is_refused()
    {
        var refusal = await RefusalOfAsync(async (stream, _) =>
            await stream.WriteAsync((byte[])[.. Greeting(2, 2, 1), 7, 0, 0, 0, .. new byte[32]]));

        Assert.Equal("answers with verdict 0x07000000, which there is not", refusal.Problem);
    }

    [Fact]
    public async Task A_coordinator_that_answers_by_drops_is_left_after_five_seconds()
    {
        var connecting = ConnectAsync(_token);
        await using var stranger = await (await _listener.AcceptAsync(CancellationToken.None)).OpenAsync(CancellationToken.None);
        foreach (var value in Greeting(2, 2, 1)[..4])
        {
            Assert.False(connecting.IsCompleted);
            await stranger.Stream.WriteAsync(new[] { value });
            _time.Advance(TimeSpan.FromSeconds(1.2));
        }

        _time.Advance(TimeSpan.FromSeconds(0.2));
        var refusal = await Assert.ThrowsAsync<LinkException>(() => connecting);

        Assert.Matches("did not finish in time: [0-4] of 8 bytes of the first bytes of its greeting came", refusal.Problem);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_of_a_fault()
    {
        using var stop = new CancellationTokenSource();
        var connecting = new Handshake(_token, new SeededRandom(1), _time).ConnectAsync(_transport, Address, stop.Token);

        stop.Cancel();

        await Assert.ThrowsAsync<OperationCanceledException>(() => connecting);
    }

    private static byte[] Greeting(byte version, byte role, byte flag) =>
        [.. "MoRlnk"u8, version, 0, role, flag, 0, 0, .. Encoding.ASCII.GetBytes(new string('n', 32))];

    private Task<Connection> ConnectAsync(JoinToken? token) =>
        new Handshake(token, new SeededRandom(1), _time).ConnectAsync(_transport, Address, CancellationToken.None);

    private async Task<Connection> AcceptAsync(JoinToken? token)
    {
        var incoming = await _listener.AcceptAsync(CancellationToken.None);
        return await new Handshake(token, new SeededRandom(2), _time).AcceptAsync(incoming, CancellationToken.None);
    }

    private async Task<LinkException> RefusalOfAsync(Func<Stream, byte[], Task> falseCoordinator)
    {
        var connecting = ConnectAsync(_token);
        await using var connection = await (await _listener.AcceptAsync(CancellationToken.None)).OpenAsync(CancellationToken.None);
        var greeting = new byte[44];
        await connection.Stream.ReadExactlyAsync(greeting);
        await falseCoordinator(connection.Stream, greeting);
        return await Assert.ThrowsAsync<LinkException>(() => connecting);
    }
}
