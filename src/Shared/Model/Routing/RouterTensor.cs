using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>A tensor that a router gives beside its decision, at one site.</summary>
/// <param name="Name">Its name below the site, such as <c>load</c>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Length">How many values it has; a vector.</param>
public sealed record RouterTensor(string Name, ScalarType Type, int Length);
