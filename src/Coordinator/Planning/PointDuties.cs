namespace MoR.Coordinator.Planning;

/// <summary>What one dispatch point of a micro-batch asks of everyone, in one direction.</summary>
/// <param name="Segment">Coordinator: the piece before the dispatch, and the requests.</param>
/// <param name="Frozen">Coordinator, while the experts work: the frozen products.</param>
/// <param name="Out">The link to the nodes.</param>
/// <param name="Node">The busiest node: reading, the experts, writing the answer.</param>
/// <param name="In">The link back.</param>
/// <param name="Accept">Coordinator: reading the answers and adding them.</param>
/// <param name="Gradients">The busiest node, after its answer: the gradients of its parameters; nothing forward.</param>
/// <param name="GradientsIn">The link back, for these.</param>
/// <param name="GradientsAccept">Coordinator: reading these.</param>
internal readonly record struct PointDuties(
    Duty Segment, Duty Frozen, Duty Out, Duty Node, Duty In, Duty Accept, Duty Gradients, Duty GradientsIn, Duty GradientsAccept);
