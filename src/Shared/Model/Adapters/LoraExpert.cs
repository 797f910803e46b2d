using MoR.Model.Parameters;

namespace MoR.Model.Adapters;

/// <summary>The two matrices of one expert of one linear.</summary>
/// <param name="A">[rank, in].</param>
/// <param name="B">[out, rank].</param>
public sealed record LoraExpert(Parameter A, Parameter B);
