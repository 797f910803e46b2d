using MoR.Coordinator.Training;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Coordinator.Tests.Training;

public sealed class ShardMaskTests
{
    private IReadOnlyList<int> _homeless = [];
    private int _asked;

    [Fact]
    public async Task A_shard_is_left_out_until_a_node_has_it_again()
    {
        var mask = Mask(topK: 2);

        Assert.True(mask.TryAdd([3]));
        Assert.True(mask.TryAdd([1, 3]));
        Assert.Equal([1, 3], mask.Shards);
        Assert.Equal((2, 4), mask.Experts);
        _homeless = [1, 2];
        Assert.Equal([3], await mask.LiftAsync(CancellationToken.None));
        Assert.Equal([1], mask.Shards);
        _homeless = [];
        Assert.Equal([1], await mask.LiftAsync(CancellationToken.None));

        Assert.Empty(mask.Shards);
    }

    [Fact]
    public void With_fewer_experts_than_a_row_chooses_nothing_is_left_out()
    {
        var mask = Mask(topK: 3);
        Assert.True(mask.TryAdd([0]));

        Assert.False(mask.TryAdd([2]));
        Assert.Equal([0], mask.Shards);
    }

    [Fact]
    public void What_is_left_out_already_is_nothing_new()
    {
        var mask = Mask(topK: 1);
        Assert.True(mask.TryAdd([0, 1]));

        Assert.False(mask.TryAdd([1]));
    }

    [Fact]
    public async Task Nobody_is_asked_while_all_shards_take_part()
    {
        Assert.Empty(await Mask(topK: 2).LiftAsync(CancellationToken.None));

        Assert.Equal(0, _asked);
    }

    [Fact]
    public void Degraded_steps_are_remembered_by_their_first_and_last()
    {
        IReadOnlyList<DegradedSteps> all = [];
        foreach (var (step, shards) in ((long, int[])[])[(4, []), (5, [1]), (6, [1]), (7, [1, 2]), (8, []), (9, [1])])
        {
            all = DegradedSteps.After(all, step, shards);
        }

        Assert.Equal(
            ["steps 5 to 6 without shard 1", "step 7 without shards 1, 2", "step 9 without shard 1"],
            all.Select(steps => steps.ToString()));
        Assert.Equal(4, all.Sum(steps => steps.Count));
        Assert.StartsWith("DEGRADED: 4 steps were trained without experts", DegradedSteps.Warning(all), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_remembers_them_in_its_state()
    {
        var progress = new RunProgress { Step = 9, DegradedSteps = [new DegradedSteps(5, 6, [1])] };
        using var file = new MemoryStream();
        progress.Write(file);

        var text = System.Text.Encoding.UTF8.GetString(file.ToArray());
        var read = RunProgress.Read(file.ToArray());

        Assert.Contains("\"degraded\": true", text, StringComparison.Ordinal);
        Assert.Equal("steps 5 to 6 without shard 1", Assert.Single(read.DegradedSteps).ToString());
        Assert.True(read.Degraded);
        Assert.False(new RunProgress().Degraded);
    }

    private ShardMask Mask(int topK) => new(
        new AdapterSpec(
            new ExpertSpec { CountPerLayer = [4, 6], RankPerLayer = [1, 1], Targets = Enum.GetValues<Linear>(), Shards = 4 },
            new RouterSpec { TopK = topK }),
        _ =>
        {
            _asked++;
            return Task.FromResult(_homeless);
        });
}
