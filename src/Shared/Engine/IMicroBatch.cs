using MoR.Cluster.Protocol;

namespace MoR.Engine;

/// <summary>
/// The mathematics of one micro-batch, cut at the backbone's dispatch points. The engine calls the members in the order
/// of <see cref="MicroBatchRunner"/>, each from start to end on one thread, never two at once.
/// </summary>
public interface IMicroBatch : IDisposable
{
    /// <summary>How many dispatch points the backbone has.</summary>
    int DispatchPoints { get; }

    /// <summary>False if it asks nobody: it then runs in one piece.</summary>
    bool AsksExperts => true;

    /// <summary>Runs the segment before a dispatch point.</summary>
    /// <returns>One request per shard that some row chose, in shard order.</returns>
    IReadOnlyList<ForwardRequest> Forward(int dispatchPoint);

    /// <summary>Runs the frozen products of a dispatch point, while its experts are at work.</summary>
    void ForwardFrozen(int dispatchPoint);

    /// <summary>Adds the Δ rows in the order given, which is shard order; takes ownership of them.</summary>
    void AcceptForward(int dispatchPoint, IReadOnlyList<ForwardReply> replies);

    /// <summary>Runs the segment after the last dispatch point, and the loss.</summary>
    void Finish();

    /// <summary>Differentiates the segment after a dispatch point.</summary>
    /// <returns>One request per shard that forward asked, in shard order.</returns>
    IReadOnlyList<BackwardRequest> Backward(int dispatchPoint);

    /// <summary>Runs the backward of the frozen products, while the experts are at work.</summary>
    void BackwardFrozen(int dispatchPoint);

    /// <summary>Adds the gradients of rows and gates, in shard order; takes ownership of them.</summary>
    void AcceptBackward(int dispatchPoint, IReadOnlyList<BackwardReply> replies);

    /// <summary>Takes the gradients of the experts' parameters; takes ownership of them.</summary>
    void AcceptParameterGradients(int dispatchPoint, IReadOnlyList<ExpertGradient> gradients);

    /// <summary>Differentiates the first segment and hands over what the micro-batch adds to its step.</summary>
    IMicroBatchDelta TakeDelta();
}
