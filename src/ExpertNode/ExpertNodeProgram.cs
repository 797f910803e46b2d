using MoR.Cluster.Links;
using MoR.Cluster.Seams;
using MoR.Cluster.Transport;

namespace MoR.ExpertNode;

/// <summary>What <c>mor expert</c> runs.</summary>
public static class ExpertNodeProgram
{
    /// <summary>Connects to a coordinator and serves it until the run ends, the node leaves, or the coordinator stays lost.</summary>
    /// <param name="options">What the node is and how long it waits.</param>
    /// <param name="transport">How the coordinator is reached.</param>
    /// <param name="handshake">Proves who both ends are.</param>
    /// <param name="time">Time.</param>
    /// <param name="math">What it computes with.</param>
    /// <param name="note">Tells people what happens: one line, without an end of line. May be called from any thread.</param>
    /// <param name="stop">Requests that it leaves (SIGTERM).</param>
    /// <exception cref="MoR.Cluster.Errors.InputException">The run cannot be computed here, or the address is none.</exception>
    public static Task<NodeResult> RunAsync(
        ExpertNodeOptions options,
        ITransport transport,
        Handshake handshake,
        TimeProvider time,
        INodeMath math,
        Action<string> note,
        CancellationToken stop) => new ConnectionLoop(options, transport, handshake, time, math, note).RunAsync(stop);
}
