using System.Security.Cryptography;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Links;

/// <summary>
/// What comes before everything else on a connection: both ends prove that they know the join token, over nonces of both.
/// <code>
/// node → coordinator   hello (44 bytes)
/// coordinator → node   hello (44)
/// node → coordinator   HMAC(token, "mor node proof" ‖ node's hello ‖ coordinator's hello) (32)
/// coordinator → node   verdict (36): 0 or a refusal u8, 0 u24, HMAC(token, "mor coordinator proof" ‖ the same hellos)
/// </code>
/// No more bytes than these are read, and all within <see cref="Deadline"/>. Without a token the same is said with an empty key,
/// which both ends must agree on. A refusal names the reason at the end that can know it.
/// </summary>
/// <param name="token">The join token, or null where nothing is to be proven.</param>
/// <param name="random">Makes nonces.</param>
/// <param name="time">The clock of the deadline.</param>
public sealed class Handshake(JoinToken? token, RandomNumberGenerator random, TimeProvider time)
{
    private const int ProofBytes = 32;
    private const int VerdictBytes = 4 + ProofBytes;
    private const byte Admitted = 0;
    private const byte WrongToken = 1;

    /// <summary>How long opening and authenticating a connection may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Connects to a coordinator and authenticates both ends.</summary>
    /// <exception cref="LinkException">Nobody answers in time, or who answers is not who it should be.</exception>
    public async Task<Connection> ConnectAsync(ITransport transport, string address, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var connection = await transport.ConnectAsync(address, both.Token);
            return await OrDisposeAsync(connection, new HandshakeStream(connection, both.Token), ProveAsNodeAsync);
        }
        catch (LinkException) when (cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
    }

    /// <summary>Opens a connection that came in and authenticates both ends.</summary>
    /// <param name="incoming">The connection.</param>
    /// <param name="deadline">Ends the wait; <see cref="Deadline"/> after the connection came.</param>
    /// <exception cref="LinkException">The other end is not one that may join.</exception>
    public async Task<Connection> AcceptAsync(IncomingConnection incoming, CancellationToken deadline)
    {
        var connection = await incoming.OpenAsync(deadline);
        return await OrDisposeAsync(connection, new HandshakeStream(connection, deadline), ProveAsCoordinatorAsync);
    }

    private async Task ProveAsNodeAsync(HandshakeStream stream)
    {
        var own = NewHello(HandshakeRole.Node);
        await stream.WriteAsync(own.Bytes);
        var other = await ReadHelloAsync(stream);
        if (other.Fault(own, HandshakeRole.Coordinator) is { } fault)
            throw stream.Fault(fault);
        var proof = Sign("mor node proof"u8, own, other);
        await stream.WriteAsync(proof);
        var verdict = await stream.ReadAsync(VerdictBytes, "its verdict on this node");
        var expected = Sign("mor coordinator proof"u8, own, other);
        var refusal = verdict switch
        {
            [WrongToken, 0, 0, 0, ..] => "says that this node's join token is not the run's; give both the same",
            not [Admitted, 0, 0, 0, ..] => $"answers with verdict 0x{Convert.ToHexStringLower(verdict.AsSpan(0, 4))}, which there is not",
            _ when CryptographicOperations.FixedTimeEquals(verdict.AsSpan(4), expected) => null,
            _ when verdict.AsSpan(4).SequenceEqual(proof) => "sent this end's own proof back: it is a false coordinator",
            _ => "does not know the join token: it is a false coordinator, or has another token",
        };
        if (refusal != null)
            throw stream.Fault(refusal);
    }

    private async Task ProveAsCoordinatorAsync(HandshakeStream stream)
    {
        var other = await ReadHelloAsync(stream);
        var own = NewHello(HandshakeRole.Coordinator);
        // Also where it will be refused, so that the node can say why.
        await stream.WriteAsync(own.Bytes);
        if (other.Fault(own, HandshakeRole.Node) is { } fault)
            throw stream.Fault(fault);
        var proof = await stream.ReadAsync(ProofBytes, "its proof");
        var verdict = new byte[VerdictBytes];
        var isRight = CryptographicOperations.FixedTimeEquals(proof, Sign("mor node proof"u8, other, own));
        if (isRight)
            Sign("mor coordinator proof"u8, other, own).CopyTo(verdict, 4);
        else
            verdict[0] = WrongToken;
        await stream.WriteAsync(verdict);
        if (!isRight)
            throw stream.Fault("does not know the join token, or has another");
    }

    private static async Task<Hello> ReadHelloAsync(HandshakeStream stream)
    {
        var prefix = await stream.ReadAsync(Hello.PrefixSize, "the first bytes of its greeting");
        if (Hello.FaultOfPrefix(prefix) is { } fault)
            throw stream.Fault(fault);
        return new Hello([.. prefix, .. await stream.ReadAsync(Hello.Size - Hello.PrefixSize, "the rest of its greeting")]);
    }

    private static async Task<Connection> OrDisposeAsync(Connection connection, HandshakeStream stream, Func<HandshakeStream, Task> prove)
    {
        try
        {
            await prove(stream);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private Hello NewHello(HandshakeRole role) => new(role, token != null, random.GetBytes);

    private byte[] Sign(ReadOnlySpan<byte> label, Hello node, Hello coordinator)
    {
        ReadOnlySpan<byte> text = [.. label, .. node.Bytes, .. coordinator.Bytes];
        return token?.Sign(text) ?? HMACSHA256.HashData([], text);
    }
}
