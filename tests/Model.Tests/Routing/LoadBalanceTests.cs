using MoR.Model.Routing;
using static MoR.Model.Tests.Routing.RouterHarness;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Routing;

public sealed class LoadBalanceTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 2)]
    [InlineData(8, 3)]
    [InlineData(5, 5)]
    public void Balance_is_one_when_every_expert_has_the_same_share(int experts, int k)
    {
        var selected = Selection(experts, row => Enumerable.Range(0, k).Select(slot => (row + slot) % experts));

        var balance = LoadBalance.Balance(full([experts, experts], 1.0 / experts, float64), selected);
        Assert.Equal(1, balance.item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(4, 1, 4)]
    [InlineData(8, 2, 4)]
    public void Balance_is_experts_over_k_when_k_experts_have_everything(int experts, int k, double expected)
    {
        var probabilities = zeros([experts, experts], float64);
        probabilities.narrow(1, 0, k).fill_(1.0 / k);

        var balance = LoadBalance.Balance(probabilities, Selection(experts, _ => Enumerable.Range(0, k)));

        Assert.Equal(expected, balance.item<double>(), 1e-12);
    }

    [Fact]
    public void Balance_is_the_formula()
    {
        var probabilities = nn.functional.softmax(Normal(1, Rows, ExpertCount), -1);
        var selected = ExpertChoice.Largest(probabilities, 2);
        var (p, chosen) = (probabilities.data<double>().ToArray(), selected.data<bool>().ToArray());
        var expected = 0.0;
        for (var e = 0; e < ExpertCount; e++)
        {
            var share = Enumerable.Range(0, Rows).Count(row => chosen[(row * ExpertCount) + e]) / (double)Rows;
            expected += share * Enumerable.Range(0, Rows).Average(row => p[(row * ExpertCount) + e]) * ExpertCount / 2;
        }

        Assert.Equal(expected, LoadBalance.Balance(probabilities, selected).item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void The_z_loss_sees_the_sub_routers_and_not_the_main_router(int subRouters)
    {
        var x_TD = Normal(1, Rows, Width);
        Tensor[] weights = [.. Enumerable.Range(0, subRouters).Select(j => Normal(10 + (ulong)j, ExpertCount, Width))];
        var expected = weights.Average(w => x_TD.mm(w.t()).logsumexp(-1).square().mean().item<double>());
        var spec = new RouterSpec { SubRouters = subRouters, ZLoss = 0.5 };

        var output = Route(spec, x_TD, subRouters == 1 ? weights : [.. weights, Normal(9, subRouters, Width)]);

        var loss = Assert.Single(output.AuxiliaryLosses);
        Assert.Equal(("z", 0.5), (loss.Name, loss.Coefficient));
        Assert.Equal(expected, loss.Value(loss.Input, loss.Constant).item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public void The_main_balance_counts_the_kept_sub_routers_or_the_largest(int kept, int counted)
    {
        var (x_TD, main) = (Normal(1, Rows, Width), Normal(5, 3, Width));
        var spec = new RouterSpec { SubRouters = 3, TopM = kept, MainBalanceLoss = 0.1 };

        var subRouters = Enumerable.Range(2, 3).Select(seed => Normal((ulong)seed, ExpertCount, Width));
        var output = Route(spec, x_TD, [.. subRouters, main]);

        var loss = Assert.Single(output.AuxiliaryLosses);
        var a = nn.functional.softmax(x_TD.mm(main.t()), -1);
        Assert.Equal("main_balance", loss.Name);
        Assert.Equal(
            LoadBalance.Balance(a, ExpertChoice.Largest(a, counted)).item<double>(),
            loss.Value(loss.Input, loss.Constant).item<double>(),
            1e-12);
    }

    [Fact]
    public void Losses_without_a_coefficient_are_left_out()
    {
        var spec = new RouterSpec { Kind = RouterCatalogue.TopK };

        var output = Route(spec, Normal(1, Rows, Width), Normal(2, ExpertCount, Width));

        Assert.Empty(output.AuxiliaryLosses);
    }

    private static Tensor Selection(int experts, Func<int, IEnumerable<int>> choose)
    {
        var selected = new bool[experts * experts];
        for (var row = 0; row < experts; row++)
        {
            foreach (var expert in choose(row))
            {
                selected[(row * experts) + expert] = true;
            }
        }

        return tensor(selected, [experts, experts]);
    }
}
