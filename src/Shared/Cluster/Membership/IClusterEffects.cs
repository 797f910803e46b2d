using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Membership;

/// <summary>What the cluster's core decides, for its actor to do. None of it calls back.</summary>
public interface IClusterEffects
{
    /// <summary>Sends a message without tensors.</summary>
    void Send(Node node, Envelope message, SendPriority priority);

    /// <summary>Sends parameters of shards, as they are at the version that was published last.</summary>
    void SendParameters(Node node, IReadOnlyList<int> shards);

    /// <summary>Sends a worker all parameters and router state, as they are at the version that was published last.</summary>
    /// <returns>Their bytes.</returns>
    long SendModel(Node node);

    /// <summary>Sends a request.</summary>
    void SendRequest(OpenRequest request, Attempt attempt);

    /// <summary>Ends the link.</summary>
    void Close(Node node, string reason);

    /// <summary>Hands over an answer, or the gradients that follow it. Takes ownership.</summary>
    void Answer(OpenRequest request, WireMessage answer);

    /// <summary>Gives a request up.</summary>
    void Fail(OpenRequest request, MorException problem);

    /// <summary>Tells the user.</summary>
    void Note(string text);
}
