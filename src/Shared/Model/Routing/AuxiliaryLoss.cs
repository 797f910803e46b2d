using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>
/// One auxiliary loss of one site. It is evaluated after the last layer, over detached inputs, and its gradient flows
/// back into the site's segment with the rest; the mean over the sites with the same name counts.
/// </summary>
/// <param name="Name">Name in the metrics, such as <c>balance</c>.</param>
/// <param name="Coefficient">Its weight in the total loss.</param>
/// <param name="Input">What it is a function of, with autograd history.</param>
/// <param name="Constant">What else it depends on, without a gradient.</param>
/// <param name="Value">The loss, a scalar, of the detached input and the constant.</param>
public sealed record AuxiliaryLoss(
    string Name, double Coefficient, Tensor Input, Tensor Constant, Func<Tensor, Tensor, Tensor> Value);
