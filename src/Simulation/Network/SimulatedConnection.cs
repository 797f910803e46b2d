using MoR.Simulation.Scheduling;

namespace MoR.Simulation.Network;

/// <summary>A connection between two processes: a pipe each way, and how it ends.</summary>
internal sealed class SimulatedConnection
{
    private readonly SimulatedNetwork _network;
    private readonly SimulatedPipe _there;
    private readonly SimulatedPipe _back;

    public SimulatedConnection(SimulatedNetwork network, int number, SimulatedProcess opener, SimulatedProcess listener)
    {
        (_network, Number, Opener, Listener) = (network, number, opener, listener);
        _there = new SimulatedPipe(network, this, opener.Host, listener.Host);
        _back = new SimulatedPipe(network, this, listener.Host, opener.Host);
        OpenerEnd = new SimulatedStream(this, opener, _back, _there);
        ListenerEnd = new SimulatedStream(this, listener, _there, _back);
    }

    /// <summary>Of all connections of the world, from 1.</summary>
    public int Number { get; }

    public SimulatedProcess Opener { get; }

    public SimulatedProcess Listener { get; }

    public SimulatedStream OpenerEnd { get; }

    public SimulatedStream ListenerEnd { get; }

    /// <summary>Whether both ends are still there.</summary>
    public bool IsOpen => !_there.IsClosed && !_back.IsClosed && !_there.IsDeaf && !_back.IsDeaf;

    /// <summary>An end goes: with bytes that it did not read, the other end is reset; else it reads to the end.</summary>
    public void Close(SimulatedPipe input, SimulatedPipe output)
    {
        if (input.IsDeaf)
        {
            return;
        }

        var isRude = input.HasUnread;
        input.IsDeaf = true;
        input.Break("the stream was closed");
        if (isRude && !output.IsClosed)
        {
            Reset(output == _there ? Listener.Host : Opener.Host);
        }

        output.Close();
    }

    /// <summary>The machine at one end learns after a while that the connection is no more.</summary>
    public void Reset(string host)
    {
        var other = host == Opener.Host ? Listener.Host : Opener.Host;
        _network.At(Math.Max(_network.Now + _network.Latency(other, host), _network.BlockedUntil(other, host)), () => Break(host));
    }

    /// <summary>Both ends learn at once that the connection is no more.</summary>
    public void Break()
    {
        Break(Opener.Host);
        Break(Listener.Host);
    }

    /// <summary>A process died: its kernel closes its end, or, where the machine lost power, nobody does.</summary>
    public void Died(SimulatedProcess process, bool isSilent)
    {
        foreach (var end in new[] { OpenerEnd, ListenerEnd }.Where(end => end.Owner == process))
        {
            if (isSilent)
            {
                end.Input.IsDeaf = true;
                end.Output.Silence();
            }
            else
            {
                Close(end.Input, end.Output);
            }
        }
    }

    private void Break(string host)
    {
        const string Reason = "connection reset by peer";
        if (_network.IsSilent(host))
        {
            return;
        }

        _there.Break(Reason);
        _back.Break(Reason);
    }
}
