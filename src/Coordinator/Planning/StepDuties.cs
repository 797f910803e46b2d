namespace MoR.Coordinator.Planning;

/// <summary>What a step asks of everyone.</summary>
/// <param name="Points">By dispatch point of a layer, forward and backward.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Head">Coordinator: the output head and the loss, both directions.</param>
/// <param name="Sum">Coordinator: adding a micro-batch's gradients.</param>
/// <param name="Commit">Coordinator: clipping, AdamW, and the copy that is published.</param>
/// <param name="PublishOut">The link to the nodes: the new parameters.</param>
/// <param name="PublishNode">The busiest node: taking them.</param>
/// <param name="MicroBatches">Micro-batches.</param>
/// <param name="Window">How many at once.</param>
internal sealed record StepDuties(
    IReadOnlyList<(PointDuties Forward, PointDuties Backward)> Points, int Layers, Duty Head, Duty Sum, Duty Commit, Duty PublishOut,
    Duty PublishNode, int MicroBatches, int Window);
