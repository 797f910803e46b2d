using MoR.Model.Routing;
using static MoR.Model.Tests.Routing.RouterHarness;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Routing;

/// <summary>Experts of a masked shard: every kind of router chooses as if they did not exist.</summary>
public sealed class AbsentExpertsTests : IDisposable
{
    private static readonly int[] Absent = [1, 4];
    private static readonly long[] Left = [0, 2, 3];
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, int, int?, RouterMixing> Kinds => new()
    {
        { RouterCatalogue.TopK, 1, null, RouterMixing.Probability },
        { RouterCatalogue.MixtureOfRouters, 1, null, RouterMixing.Probability },
        { RouterCatalogue.MixtureOfRouters, 3, null, RouterMixing.Probability },
        { RouterCatalogue.MixtureOfRouters, 3, 2, RouterMixing.Probability },
        { RouterCatalogue.MixtureOfRouters, 3, null, RouterMixing.Logit },
        { RouterCatalogue.MixtureOfRouters, 3, 1, RouterMixing.Logit },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gates_are_those_of_a_router_that_never_had_them(string kind, int subRouters, int? topM, RouterMixing mixing)
    {
        var spec = new RouterSpec { Kind = kind, SubRouters = subRouters, TopM = topM, Mixing = mixing, TopK = 2 };
        var (x_TD, weights, main) = Weights(subRouters, 1);
        var left = tensor(Left);

        var output = RouteWithout(Absent, spec, x_TD, [.. weights, .. main]);
        var never = Route(spec, x_TD, [.. weights.Select(weight => weight.index_select(0, left)), .. main]);

        Same(never.Gates_TE, output.Gates_TE.index_select(1, left));
        Assert.Equal(0, output.Selected_TE.index_select(1, tensor([1L, 4L])).to(int64).sum().item<long>());
        Assert.Equal(2L * Rows, output.Selected_TE.to(int64).sum().item<long>());
        Differ(Route(spec, x_TD, [.. weights, .. main]).Gates_TE, output.Gates_TE);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Not_even_scores_so_far_apart_that_probabilities_vanish_choose_one(
        string kind, int subRouters, int? topM, RouterMixing mixing)
    {
        var spec = new RouterSpec { Kind = kind, SubRouters = subRouters, TopM = topM, Mixing = mixing, TopK = 3 };
        var (x_TD, weights, main) = Weights(subRouters, 1e5);

        var output = RouteWithout(Absent, spec, x_TD.to(float32), [.. weights.Concat(main).Select(weight => weight.to(float32))]);

        Assert.Equal((double[])[Rows, 0, Rows, Rows, 0], output.Selected_TE.to(float64).sum([0]).data<double>().ToArray());
        Same(ones([Rows], float64), output.Gates_TE.to(float64).sum([-1]), 1e-6);
        Assert.True(output.Gates_TE.isfinite().all().item<bool>());
    }

    private static (Tensor X_TD, Tensor[] SubRouters, Tensor[] Main) Weights(int subRouters, double scale) => (
        Normal(1, Rows, Width) * scale,
        [.. Enumerable.Range(0, subRouters).Select(j => Normal((ulong)(2 + j), ExpertCount, Width))],
        subRouters > 1 ? [Normal(9, subRouters, Width)] : []);
}
