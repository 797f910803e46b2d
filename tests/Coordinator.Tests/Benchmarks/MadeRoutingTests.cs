using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Benchmarks.LoraExperts;
using MoR.Model.Backbone;
using MoR.Model.Experts;

namespace MoR.Coordinator.Tests.Benchmarks;

public sealed class MadeRoutingTests
{
    [Fact]
    public void The_shards_together_are_asked_for_every_choice_once_with_its_gate()
    {
        var shape = BenchmarkShape.Demo;
        using var made = new MadeRouting(shape, new DispatchPoint(1, Site.GateUp));
        var asked = new List<(long Row, int Expert, float Gate)>();
        for (var shard = 0; shard < shape.Shards; shard++)
        {
            using var part = made.Ask(shard)!;
            var (rows, route) = (part.Rows.data<long>().ToArray(), part.Request.Routes[0]);
            var gates = TorchPayload.Of(route.Gates).data<float>().ToArray();
            var experts = route.Experts.SelectMany((expert, i) => Enumerable.Repeat(expert, route.Counts[i])).ToArray();
            Assert.All(experts, expert => Assert.Equal(shard, expert % shape.Shards));
            asked.AddRange(experts.Select((expert, i) => (rows[route.Rows[route.Positions[i]]], expert, gates[i])));
        }

        var all = made.Gates.data<float>().ToArray();
        var expected = made.Chosen.SelectMany((experts, row) =>
            experts.Select((expert, k) => ((long)row, expert, all[(row * shape.TopK) + k])));
        Assert.Equal(expected.Order(), asked.Order());
    }
}
