using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Seams;

/// <summary>
/// Requests to experts as messages, and their answers, at the coordinator's end. What is encoded stays the caller's; what is
/// decoded is taken over, and wrong fields are a <see cref="WireFormatException"/>. Called on the math executor, but
/// for little that needs no mathematics.
/// </summary>
public interface IExpertCodec
{
    /// <summary>Whether decoding only takes memory over and computes nothing: it then needs no math executor.</summary>
    bool DecodesInPlace => false;

    /// <summary>Bytes of the tensors of a <see cref="Forward"/>.</summary>
    long SizeOf(ForwardRequest request);

    /// <summary>Bytes of the tensors of a <see cref="Backward"/>, beside what forward carried.</summary>
    long SizeOf(BackwardRequest request);

    /// <summary>A <see cref="Forward"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="attempt">Comes back with the answer.</param>
    /// <param name="keep">Whether backward will leave out what this carries, if the node still has it.</param>
    WireMessage Encode(ForwardRequest request, int attempt, bool keep);

    /// <summary>A <see cref="Backward"/>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="attempt">Comes back with the answer.</param>
    /// <param name="carriesForward">Whether it carries again what forward carried.</param>
    WireMessage Encode(BackwardRequest request, int attempt, bool carriesForward);

    /// <summary>What makes a message no answer to a request, or null if it is one. The message stays the caller's.</summary>
    string? ProblemOf(WireMessage message, ForwardRequest request);

    /// <summary>The same of a backward request, for both parts of its answer.</summary>
    string? ProblemOf(WireMessage message, BackwardRequest request);

    /// <summary>Reads a <see cref="ForwardDone"/>.</summary>
    ForwardReply DecodeForwardDone(WireMessage message, ForwardRequest request);

    /// <summary>Reads a <see cref="BackwardDone"/>.</summary>
    (TensorPayload? Input, IReadOnlyList<TensorPayload> Gates) DecodeBackwardDone(WireMessage message, BackwardRequest request);

    /// <summary>Reads a <see cref="ParameterGradients"/>.</summary>
    IReadOnlyList<ExpertGradient> DecodeParameterGradients(WireMessage message, BackwardRequest request);
}
