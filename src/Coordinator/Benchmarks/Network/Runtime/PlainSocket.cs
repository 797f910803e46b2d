using System.Net;
using System.Net.Sockets;
using MoR.Cluster.Transport;

namespace MoR.Coordinator.Benchmarks.Network.Runtime;

/// <summary>
/// What a link is measured beside: a TCP socket, blocking calls, one buffer for each direction, and nothing else. Both ends are told the
/// job first, do it, and the end that was told says with one byte that it has everything.
/// </summary>
internal sealed class PlainSocket : IDisposable
{
    private readonly Socket _socket;
    private byte[] _out = [];
    private byte[] _in = [];

    private PlainSocket(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
    }

    /// <summary>Listens on this machine, and says where to the one who connects.</summary>
    public static async Task<PlainSocket> AcceptAsync(Action<string> listening, CancellationToken stop)
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        listening(new NetworkAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port).ToString());
        return new PlainSocket(await listener.AcceptAsync(stop));
    }

    /// <summary>Connects, and does the jobs of the other end until it leaves.</summary>
    public static Task ServeAsync(string address) => OnThread(() =>
    {
        var parsed = NetworkAddress.Parse(address);
        using var plain = new PlainSocket(new Socket(SocketType.Stream, ProtocolType.Tcp));
        plain._socket.Connect(parsed.Host, parsed.Port);
        var told = new byte[PlainJob.Size];
        while (plain._socket.Receive(told, SocketFlags.Peek) > 0)
        {
            plain.Receive(told);
            var job = PlainJob.Read(told).OfOtherEnd;
            if (job.InTurn)
            {
                plain.AnswerInTurn(job);
            }
            else
            {
                plain.DoSideBySide(job);
            }

            plain.Send([1]);
        }
    });

    /// <summary>Does a job; ends when the other end has everything.</summary>
    public Task DoAsync(PlainJob job) => OnThread(() =>
    {
        Send(job.Write());
        if (job.InTurn)
        {
            AskInTurn(job);
        }
        else
        {
            DoSideBySide(job);
        }

        Receive(new byte[1]);
    });

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void AskInTurn(PlainJob job)
    {
        Prepare(job);
        for (var i = 0; i < job.Sends; i++)
        {
            Send(_out);
            Receive(_in);
        }
    }

    private void AnswerInTurn(PlainJob job)
    {
        Prepare(job);
        for (var i = 0; i < job.Sends; i++)
        {
            Receive(_in);
            Send(_out);
        }
    }

    private void DoSideBySide(PlainJob job)
    {
        Prepare(job);
        var sending = job.Sends == 0 ? null : new Thread(() => Repeat(job.Sends, () => Send(_out)));
        sending?.Start();
        Repeat(job.Receives, () => Receive(_in));
        sending?.Join();
    }

    private void Prepare(PlainJob job)
    {
        if (_out.Length != job.SendBytes)
        {
            _out = new byte[job.SendBytes];
        }

        if (_in.Length != job.ReceiveBytes)
        {
            _in = new byte[job.ReceiveBytes];
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private void Receive(Span<byte> room)
    {
        while (!room.IsEmpty)
        {
            var bytes = _socket.Receive(room);
            if (bytes == 0)
            {
                throw new IOException("the other end of a plain socket left in the middle of a job");
            }

            room = room[bytes..];
        }
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private static Task OnThread(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
