using MoR.Cluster.Transport;

namespace MoR.Cluster.Links;

/// <summary>A connection that came in and is not authenticated yet.</summary>
internal sealed class HalfOpen(IncomingConnection incoming, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(Handshake.Deadline, time);

    public IncomingConnection Incoming => incoming;

    public CancellationToken Deadline => _deadline.Token;

    /// <summary>Why it was dropped, if it was.</summary>
    public string? DropReason { get; private set; }

    /// <summary>Closes it at once; its task then ends.</summary>
    public void Drop(string reason)
    {
        DropReason = reason;
        incoming.Drop();
    }

    public void Dispose() => _deadline.Dispose();
}
