using static TorchSharp.torch;

namespace MoR.Model.Routing;

/// <summary>
/// A routing method: a pure function from what it sees to gates. One object serves every site; parameters and state come
/// in with the context.
/// </summary>
public interface IRouter
{
    /// <summary>What the method decides over and needs.</summary>
    RouterTraits Traits { get; }

    /// <summary>The weight matrices of a site with <paramref name="experts"/> experts, in stacking order.</summary>
    IReadOnlyList<RouterWeight> Weights(int experts);

    /// <summary>What <see cref="RouterOutput.StateDelta"/> has at a site with <paramref name="experts"/> experts, while training: what
    /// comes from elsewhere is compared with it.</summary>
    IReadOnlyList<RouterTensor> State(int experts) => [new("load", ScalarType.Int64, experts)];

    /// <summary>The same of <see cref="RouterOutput.Statistics"/>.</summary>
    IReadOnlyList<RouterTensor> Statistics(int experts) => [];

    /// <summary>Decides. Called with autograd recording on while training.</summary>
    RouterOutput Route(RouterContext context);
}
