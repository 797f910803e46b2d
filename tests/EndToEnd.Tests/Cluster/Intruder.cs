using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Fuzzing;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;
using MoR.Cluster.Transport.Runtime;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Who should not be there, at the address of a coordinator.</summary>
internal sealed class Intruder(string address)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly TcpTransport _transport = new();

    /// <summary>Says something, reads until the other end closes, and gives what it read.</summary>
    public async Task<byte[]> SayAsync(byte[] bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await using var connection = await _transport.ConnectAsync(address, deadline.Token);
        using var heard = new MemoryStream();
        try
        {
            await connection.Stream.WriteAsync(bytes, deadline.Token);
            ((NetworkStream)connection.Stream).Socket.Shutdown(SocketShutdown.Send);
            await connection.Stream.CopyToAsync(heard, deadline.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // It was closed while more was on its way.
        }

        return heard.ToArray();
    }

    /// <summary>Asks as a web browser or a scanner does.</summary>
    public Task<byte[]> AskForHttpAsync() => SayAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: lab1\r\n\r\n"));

    /// <summary>A greeting of another version of the protocol.</summary>
    public Task<byte[]> GreetAsync(ushort version)
    {
        var hello = new byte[44];
        "MoRlnk"u8.CopyTo(hello);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(6), version);
        hello[8] = 1;
        hello[9] = 1;
        return SayAsync(hello);
    }

    /// <summary>Shakes hands with a token.</summary>
    public Task<Connection> ShakeHandsAsync(string token, int seed) =>
        new Handshake(JoinToken.FromText(token), new SeededRandom(seed), TimeProvider.System)
            .ConnectAsync(_transport, address, CancellationToken.None);

    /// <summary>Joins with the right token as a node of another build, and gives the answer.</summary>
    public async Task<Envelope> JoinAsync(string token, string build)
    {
        await using var link = new Link(
            await ShakeHandsAsync(token, seed: 5), "coordinator", new LinkOptions(), ArrayTensor.Memory, TimeProvider.System);
        _ = link.RunAsync();
        var join = new Join { Name = "intruder", Build = build, Roles = { Role.Expert } };
        await link.SendAsync(new WireMessage(new Envelope { Join = join }), SendPriority.Control);
        using var answer = await link.ReceiveAsync(CancellationToken.None);
        return answer.Envelope;
    }

    /// <summary>Opens connections that say nothing, all at once.</summary>
    public async Task<IReadOnlyList<Socket>> OpenAsync(int count)
    {
        var to = IPEndPoint.Parse(address);
        List<Socket> sockets = [];
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(to);
            sockets.Add(socket);
        }

        return sockets;
    }

    /// <summary>Sends mutants of good frames, most of them after a good handshake, each until the other end closes.</summary>
    public async Task SendMutantsAsync(string token, int count)
    {
        var fuzzer = new FrameFuzzer();
        for (var number = 0; number < count; number++)
        {
            var mutant = fuzzer.Make(number);
            if (number % 8 == 7)
            {
                await SayAsync(mutant.Bytes);
                continue;
            }

            using var deadline = new CancellationTokenSource(Deadline);
            await using var connection = await ShakeHandsAsync(token, number);
            try
            {
                await connection.Stream.WriteAsync(mutant.Bytes, deadline.Token);
                ((NetworkStream)connection.Stream).Socket.Shutdown(SocketShutdown.Send);
                await connection.Stream.CopyToAsync(Stream.Null, deadline.Token);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                // It was closed while more was on its way.
            }
        }
    }
}
