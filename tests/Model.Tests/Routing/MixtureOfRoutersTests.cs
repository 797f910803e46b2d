using MoR.Model.Routing;
using static MoR.Model.Tests.Routing.RouterHarness;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Routing;

/// <summary>The properties that define a Mixture of Routers. R sub-routers W_j, main router M, E experts.</summary>
public sealed class MixtureOfRoutersTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _x_TD = Normal(1, Rows, Width);

    private readonly Tensor[] _subRouters =
        [Normal(2, ExpertCount, Width), Normal(3, ExpertCount, Width), Normal(4, ExpertCount, Width)];

    private readonly Tensor _main = Normal(5, 3, Width);

    public static TheoryData<int, RouterMixing> Kept => new()
    {
        { 1, RouterMixing.Probability },
        { 2, RouterMixing.Probability },
        { 3, RouterMixing.Probability },
        { 1, RouterMixing.Logit },
        { 2, RouterMixing.Logit },
        { 3, RouterMixing.Logit },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void One_sub_router_is_the_usual_router_bit_for_bit(int k)
    {
        var usual = Route(new RouterSpec { Kind = RouterCatalogue.TopK, TopK = k }, _x_TD, _subRouters[0]);
        foreach (var mixing in Enum.GetValues<RouterMixing>())
        {
            var mixture = Route(new RouterSpec { SubRouters = 1, TopK = k, Mixing = mixing }, _x_TD, _subRouters[0]);

            Assert.Equal(usual.Gates_TE.bytes, mixture.Gates_TE.bytes);
            Assert.Equal(usual.Selected_TE.bytes, mixture.Selected_TE.bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Equal_sub_routers_make_the_main_router_irrelevant(int m, RouterMixing mixing)
    {
        var spec = Mixture(topM: m, mixing: mixing);
        var equal = (Tensor[])[_subRouters[0], _subRouters[0], _subRouters[0]];

        var one = Route(spec, _x_TD, [.. equal, _main]);
        var other = Route(spec, _x_TD, [.. equal, Normal(6, 3, Width)]);

        Same(one.Gates_TE, other.Gates_TE);
        Same(nn.functional.softmax(_x_TD.mm(_subRouters[0].t()), -1), one.Gates_TE);
        Differ(
            Route(spec, _x_TD, [.. _subRouters, _main]).Gates_TE,
            Route(spec, _x_TD, [.. _subRouters, Normal(6, 3, Width)]).Gates_TE);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Probabilities_and_gates_add_up_to_one_and_exactly_k_experts_are_chosen(int m, RouterMixing mixing)
    {
        var all = Route(Mixture(topM: m, mixing: mixing), _x_TD, [.. _subRouters, _main]);
        Same(ones([Rows], float64), all.Gates_TE.sum([-1]));
        for (var k = 1; k < ExpertCount; k++)
        {
            var spec = Mixture(topM: m, mixing: mixing) with { TopK = k, BalanceLoss = 1 };

            var output = Route(spec, _x_TD, [.. _subRouters, _main]);

            Same(ones([Rows], float64), output.Gates_TE.sum([-1]));
            var chosen = output.Selected_TE.to(int64).sum([-1]).data<long>().ToArray();
            Assert.Equal(Enumerable.Repeat((long)k, Rows), chosen);
            Assert.True(output.Gates_TE.gt(0).eq(output.Selected_TE).all().item<bool>());

            // The loss sees p itself, before the choice.
            var loss = Assert.Single(output.AuxiliaryLosses);
            Same(all.Gates_TE, loss.Input);

            // What is chosen is what p ranks first, and gates keep p's proportions.
            var expected = all.Gates_TE * output.Selected_TE.to(float64);
            Same(expected / expected.sum([-1], keepdim: true), output.Gates_TE);
            Same(all.Gates_TE.topk(k).values.sum([-1]), expected.sum([-1]));
        }
    }

    [Fact]
    public void A_main_router_of_zeros_weights_all_sub_routers_alike()
    {
        var output = Route(Mixture(), _x_TD, [.. _subRouters, zeros([3, Width], float64)]);

        Same(full([3], Rows / 3.0, float64), output.Statistics["main"]);
        var mean = _subRouters.Select(w => nn.functional.softmax(_x_TD.mm(w.t()), -1)).Aggregate((a, b) => a + b) / 3;
        Same(mean, output.Gates_TE);
    }

    [Fact]
    public void With_equal_weights_logit_mixing_is_one_linear_router_and_probability_mixing_is_not()
    {
        var none = zeros([3, Width], float64);
        var single = nn.functional.softmax(_x_TD.mm(((_subRouters[0] + _subRouters[1] + _subRouters[2]) / 3).t()), -1);

        Same(single, Route(Mixture(mixing: RouterMixing.Logit), _x_TD, [.. _subRouters, none]).Gates_TE);
        Differ(single, Route(Mixture(), _x_TD, [.. _subRouters, none]).Gates_TE);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public void Permuting_the_sub_routers_with_the_rows_of_the_main_router_changes_nothing(int m, RouterMixing mixing)
    {
        var permuted = _main.index_select(0, tensor([2L, 0L, 1L]));

        var one = Route(Mixture(topM: m, mixing: mixing), _x_TD, [.. _subRouters, _main]);
        var other = Route(
            Mixture(topM: m, mixing: mixing), _x_TD, _subRouters[2], _subRouters[0], _subRouters[1], permuted);

        Same(one.Gates_TE, other.Gates_TE);
        Same(one.Statistics["main"].index_select(0, tensor([2L, 0L, 1L])), other.Statistics["main"]);
    }

    [Fact]
    public void A_corrupt_sub_router_of_weight_epsilon_moves_the_probabilities_by_at_most_two_epsilon()
    {
        // A constant last feature lets the main router distrust sub-router 1 on every row by the same amount.
        var x_TD = cat([_x_TD, ones([Rows, 1], float64)], 1);
        Tensor[] sound = [.. _subRouters.Select(w => cat([w, zeros([ExpertCount, 1], float64)], 1))];
        for (var distrust = 1.0; distrust < 20; distrust += 3)
        {
            var main = zeros([3, Width + 1], float64);
            main.narrow(0, 1, 1).narrow(1, Width, 1).fill_(-distrust);
            var epsilon = Math.Exp(-distrust) / (2 + Math.Exp(-distrust));

            var before = Route(Mixture(), x_TD, [.. sound, main]);
            var after = Route(Mixture(), x_TD, sound[0], Normal(77, ExpertCount, Width + 1) * 50, sound[2], main);

            var moved = (before.Gates_TE - after.Gates_TE).abs().sum([-1]).max().item<double>();
            Assert.InRange(moved, epsilon / 10, (2 * epsilon) + 1e-12);
        }
    }

    [Theory]
    [InlineData(RouterMixing.Probability)]
    [InlineData(RouterMixing.Logit)]
    public void Gradients_reach_the_main_router_and_every_sub_router(RouterMixing mixing)
    {
        using var history = enable_grad();
        Tensor[] weights = [.. _subRouters.Append(_main).Select(w => w.detach().requires_grad_(true))];
        var output = Route(Mixture(mixing: mixing) with { TopK = 2 }, _x_TD, weights);

        var gradients = autograd.grad([(output.Gates_TE * Normal(8, Rows, ExpertCount)).sum()], weights);

        Assert.All(gradients, gradient => Assert.True(gradient.abs().max().item<double>() > 1e-3));
    }

    [Fact]
    public void Sub_routers_start_different_and_the_main_router_at_zero()
    {
        var weights = new MixtureOfRouters(new RouterSpec { SubRouters = 3 }).Weights(4);

        Assert.Equal(["sub.0", "sub.1", "sub.2", "main"], weights.Select(weight => weight.Name));
        Assert.Equal([4, 4, 4, 3], weights.Select(weight => weight.Rows));
        Assert.Equal([false, false, false, true], weights.Select(weight => weight.Zero));
        var single = new MixtureOfRouters(new RouterSpec { SubRouters = 1 }).Weights(4);
        Assert.Equal("sub.0", Assert.Single(single).Name);
    }
}
