using MoR.Cluster.Random;
using MoR.Model.Backbone;
using MoR.Model.Routing;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Routing;

/// <summary>Calls a router on its own. Its tensors live in the caller's dispose scope.</summary>
internal static class RouterHarness
{
    public const int Rows = 20;
    public const int Width = 6;
    public const int ExpertCount = 5;

    /// <summary>Normal values in float64 that a seed names.</summary>
    public static Tensor Normal(ulong seed, params long[] shape)
    {
        var random = new CounterRandom(seed, 3);
        var values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextGaussian();
        }

        return tensor(values, shape);
    }

    /// <summary>A mixture that keeps all experts, so that the gates are the mixed probabilities p.</summary>
    public static RouterSpec Mixture(int? topM = null, RouterMixing mixing = RouterMixing.Probability) =>
        new() { SubRouters = 3, TopM = topM, Mixing = mixing, TopK = ExpertCount };

    /// <summary>Routes x_TD by the weights of a site, in stacking order.</summary>
    public static RouterOutput Route(RouterSpec spec, Tensor x_TD, params Tensor[] weights) =>
        RouteWithout([], spec, x_TD, weights);

    /// <summary>The same with some experts that are not there.</summary>
    public static RouterOutput RouteWithout(
        IReadOnlyList<int> absent, RouterSpec spec, Tensor x_TD, params Tensor[] weights)
    {
        var router = RouterCatalogue.Create(spec, allowNonCausal: false)!;
        var experts = weights[0].shape[0];
        Assert.Equal(
            router.Weights((int)experts).Select(weight => (long)weight.Rows),
            weights.Select(weight => weight.shape[0]));
        var weights_ZD = cat(weights, 0);
        return router.Route(new RouterContext
        {
            X_TD = x_TD,
            Weights_ZD = weights_ZD,
            Scores_TZ = x_TD.mm(weights_ZD.t()),
            Experts = (int)experts,
            Absence_E = absent.Count == 0
                ? null
                : tensor([.. Enumerable.Range(0, (int)experts).Select(e => absent.Contains(e) ? RouterContext.Absent : 0)])
                    .to(x_TD.dtype),
            Point = new DispatchPoint(0, Site.Qkv),
            SequenceStarts = [0, (int)x_TD.shape[0]],
            Step = 1,
            Training = true,
            Random = () => new CounterRandom(1),
            State = new Dictionary<string, Tensor>(),
        });
    }

    /// <summary>Fails unless two tensors agree within <paramref name="tolerance"/>.</summary>
    public static void Same(Tensor expected, Tensor actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.shape, actual.shape);
        var difference = (expected - actual).abs().max().item<double>();
        Assert.True(difference <= tolerance, $"they differ by {difference:R}, at most {tolerance} is allowed");
    }

    /// <summary>Fails if two tensors agree within <paramref name="tolerance"/>.</summary>
    public static void Differ(Tensor one, Tensor other, double tolerance = 1e-3) =>
        Assert.True((one - other).abs().max().item<double>() > tolerance, $"they agree within {tolerance}");
}
