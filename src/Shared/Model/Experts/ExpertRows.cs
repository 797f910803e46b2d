using MoR.Torch;

namespace MoR.Model.Experts;

/// <summary>The m rows routed to one expert.</summary>
/// <param name="Number">The expert, numbered within the layer.</param>
/// <param name="Rows">Where each row lies, and its gate.</param>
internal sealed record ExpertRows(int Number, LoraRows Rows);
