using MoR.Cluster.Errors;
using MoR.Model.Routing;
using static MoR.Model.Tests.Routing.RouterHarness;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Routing;

public sealed class TopKRouterTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_k_most_probable_experts_share_the_gate(int k)
    {
        var (x_TD, w_ED) = (Normal(1, Rows, Width), Normal(2, ExpertCount, Width));
        var probabilities = nn.functional.softmax(x_TD.mm(w_ED.t()), -1).data<double>().ToArray();

        var output = Route(new RouterSpec { Kind = RouterCatalogue.TopK, TopK = k }, x_TD, w_ED);

        var gates = output.Gates_TE.data<double>().ToArray();
        foreach (var (row, p) in probabilities.Chunk(ExpertCount).Index())
        {
            var chosen = Enumerable.Range(0, ExpertCount).OrderByDescending(e => p[e]).Take(k).ToArray();
            for (var e = 0; e < ExpertCount; e++)
            {
                var expected = chosen.Contains(e) ? p[e] / chosen.Sum(other => p[other]) : 0;
                Assert.Equal(expected, gates[(row * ExpertCount) + e], 1e-12);
            }

            Assert.Equal(1, gates.AsSpan(row * ExpertCount, ExpertCount).ToArray().Sum(), 1e-12);
            Assert.Equal(k, gates.AsSpan(row * ExpertCount, ExpertCount).ToArray().Count(gate => gate > 0));
        }

        Assert.Equal(Rows * k, output.StateDelta["load"].sum().item<long>());
    }

    [Fact]
    public void A_row_routes_by_its_own_values_alone()
    {
        var (x_TD, w_ED) = (Normal(1, Rows, Width), Normal(2, ExpertCount, Width));
        var changed = cat([x_TD.narrow(0, 0, 7), Normal(3, Rows - 7, Width)], 0);
        foreach (var spec in (RouterSpec[])[new() { Kind = RouterCatalogue.TopK }, new() { SubRouters = 1 }])
        {
            var before = Route(spec, x_TD, w_ED).Gates_TE;
            var after = Route(spec, changed, w_ED).Gates_TE;

            Assert.Equal(before.narrow(0, 0, 7).contiguous().bytes, after.narrow(0, 0, 7).contiguous().bytes);
            Differ(before.narrow(0, 7, 13), after.narrow(0, 7, 13));
        }
    }

    [Fact]
    public void Scores_far_apart_give_finite_gates()
    {
        var output = Route(
            new RouterSpec { Kind = RouterCatalogue.TopK, TopK = 3 },
            Normal(1, Rows, Width) * 1e4,
            Normal(2, ExpertCount, Width));

        Assert.True(output.Gates_TE.isfinite().all().item<bool>());
        Same(ones([Rows], float64), output.Gates_TE.sum([-1]));
    }

    [Fact]
    public void Equal_scores_still_choose_exactly_k()
    {
        var output = Route(
            new RouterSpec { Kind = RouterCatalogue.TopK, TopK = 2 },
            Normal(1, Rows, Width),
            zeros([ExpertCount, Width], float64));

        Assert.Equal(Enumerable.Repeat(2L, Rows), output.Selected_TE.to(int64).sum([-1]).data<long>().ToArray());
        Same(full([Rows], 0.5, float64), output.Gates_TE.amax([-1]));
    }

    [Fact]
    public void An_unknown_kind_is_refused_by_name()
    {
        var spec = new RouterSpec { Kind = "sinkhorn" };

        var error = Assert.Throws<InputException>(() => RouterCatalogue.Create(spec, allowNonCausal: true));

        Assert.Contains("\"sinkhorn\" is not known", error.Message, StringComparison.Ordinal);
        Assert.Contains("none, topk, mor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Routers_that_look_ahead_or_fill_slots_are_refused()
    {
        var ahead = new RouterTraits(Causal: false);
        var slots = new RouterTraits(Causal: true, RoutingForm.Slots);

        var error = Assert.Throws<InputException>(() => RouterCatalogue.Require(ahead, "later", allowNonCausal: false));
        Assert.Contains("router.allow_non_causal: true", error.Message, StringComparison.Ordinal);
        RouterCatalogue.Require(ahead, "later", allowNonCausal: true);
        error = Assert.Throws<InputException>(() => RouterCatalogue.Require(slots, "soft", allowNonCausal: true));
        Assert.Contains("\"soft\" fills slots", error.Message, StringComparison.Ordinal);
    }
}
