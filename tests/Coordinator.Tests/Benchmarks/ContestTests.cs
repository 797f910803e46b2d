using MoR.Coordinator.Benchmarks;

namespace MoR.Coordinator.Tests.Benchmarks;

public sealed class ContestTests
{
    [Fact]
    public async Task Everyone_has_a_turn_in_every_round_and_the_order_turns()
    {
        var order = new List<string>();
        var (a, b, c) = (new Fake("a", order, 1, 2, 3), new Fake("b", order, 4, 4, 4), new Fake("c", order, 5, 5, 5));

        await Contest.HoldAsync([a, b, c], times: 2, rounds: 3, _ => { }, CancellationToken.None);

        Assert.Equal("abcbaccab", string.Concat(order));
        Assert.All(new[] { a, b, c }, fake => Assert.Equal(2, fake.Times));
    }

    [Fact]
    public async Task Speeds_are_compared_within_a_round()
    {
        // The machine is four times as slow in the second round, and only there would b seem faster than a.
        var (a, b) = (new Fake("a", [], 2, 8, 2), new Fake("b", [], 3, 12, 6));

        var contest = await Contest.HoldAsync([a, b], times: 2, rounds: 3, _ => { }, CancellationToken.None);

        var speedup = contest.Speedup("a", "b");
        Assert.Equal((1.5, 1.5, 3.0, 3), (speedup.Median, speedup.Least, speedup.Most, speedup.Count));
        Assert.Equal([1.0, 4.0, 1.0], contest.Each("a"));
        Assert.Equal(3.0, contest.Seconds("b").Median);
    }

    [Theory]
    [InlineData(2.0, 3.0, 1.0, 2.0)]
    [InlineData(2.5, 4.0, 1.0, 2.0, 3.0)]
    public void The_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle(double expected, params double[] values) =>
        Assert.Equal(expected, new Samples(values).Median);

    private sealed class Fake(string name, List<string> order, params double[] seconds) : IContender
    {
        private int _turn;

        public string Name => name;

        public int Times { get; private set; }

        public Task<Turn> RunAsync(int times, CancellationToken stop)
        {
            order.Add(name);
            Times = times;
            return Task.FromResult(new Turn(seconds[_turn++], []));
        }

        public void Dispose()
        {
        }
    }
}
