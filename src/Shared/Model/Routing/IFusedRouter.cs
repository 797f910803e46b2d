using MoR.Torch;

namespace MoR.Model.Routing;

/// <summary>A router whose gates one kernel computes from its input, where nobody asks for gradients, losses or statistics.
/// </summary>
public interface IFusedRouter : IRouter
{
    /// <summary>How its scores become gates; its weights lie in the order that <see cref="IInferenceKernels.Route"/> reads.
    /// </summary>
    RoutingRule Rule { get; }
}
