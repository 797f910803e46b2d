using MoR.Cluster.Random;
using MoR.Cluster.Seams;
using MoR.Engine.Tests;
using MoR.Model.Optimisation;
using MoR.Model.Tests.Reference;
using MoR.Torch;

namespace MoR.Model.Tests.Segments;

/// <summary>
/// Law 1 in one process: threads, window, and whatever happens to requests on their way change no bit of what training
/// makes. (The number of shards is part of the recipe, and may.)
/// </summary>
public sealed class PlacementTests : IDisposable
{
    private const string Mixture =
        "mor scope=linear counts=4 shards=4 m=2 balance=0.1 main=0.1 z=0.01 jitter=0.05 dropout=0.1 "
        + "targets=q_proj,v_proj,o_proj,down_proj";

    private const string Blocks = "topk scope=block counts=2,4 shards=3 dropout=0.1 balance=0.01";
    private const int Steps = 5;
    private readonly TinyBackbone _tiny = new();

    public static TheoryData<string, int, int> Placements => new()
    {
        { Mixture, 1, 4 },
        { Mixture, 2, 1 },
        { Mixture, 3, 2 },
        { Mixture, 7, 4 },
        { Blocks, 2, 2 },
        { Blocks, 7, 1 },
        { Blocks, 3, 4 },
    };

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [MemberData(nameof(Placements))]
    public async Task Threads_and_window_change_no_bit(string adapter, int threads, int window)
    {
        var expected = await TrainAsync(adapter, threads: 1, window: 1);

        Same(expected, await TrainAsync(adapter, threads, window), $"{threads} threads, window {window}");
    }

    [Theory]
    [InlineData(WireType.Bf16, Mixture)]
    [InlineData(WireType.Int8, Mixture)]
    [InlineData(WireType.Bf16, Blocks)]
    [InlineData(WireType.Int8, Blocks)]
    public async Task Rounded_rows_are_the_same_for_all_threads_and_windows(WireType wire, string adapter)
    {
        var expected = await TrainAsync(adapter, threads: 1, window: 1, wire: wire);
        foreach (var (threads, window) in ((int, int)[])[(1, 4), (2, 1), (3, 2), (7, 4)])
        {
            Same(
                expected, await TrainAsync(adapter, threads, window, recompute: window == 2, wire),
                $"{wire}, {threads} threads, window {window}");
        }

        var exact = await TrainAsync(adapter, threads: 1, window: 1);
        Assert.All(expected.Reports.Zip(exact.Reports), pair =>
        {
            Assert.NotEqual(pair.Second.Loss, pair.First.Loss);
            Assert.InRange(pair.First.Loss / pair.Second.Loss, 0.97, 1.03);
        });
    }

    [Theory]
    [InlineData(Mixture, 1, 1)]
    [InlineData(Mixture, 3, 2)]
    [InlineData(Blocks, 2, 4)]
    [InlineData("none targets=q_proj,down_proj", 2, 2)]
    public async Task Recomputed_activations_change_no_bit(string adapter, int threads, int window)
    {
        var expected = await TrainAsync(adapter, threads: 1, window: 1);

        Same(expected, await TrainAsync(adapter, threads, window, recompute: true), "recomputed");
    }

    [Theory]
    [InlineData(Mixture, 1)]
    [InlineData(Mixture, 2)]
    [InlineData(Mixture, 4)]
    [InlineData(Blocks, 3)]
    public async Task The_order_of_arrival_changes_no_bit(string adapter, int window)
    {
        var expected = await TrainAsync(adapter, threads: 1, window: 1);

        Same(expected, Train(adapter, window, waiting => waiting - 1), "the last asked answers first");
        Same(expected, Train(adapter, window, _ => 0), "the first asked answers first");
        for (var seed = 0UL; seed < 3; seed++)
        {
            var random = new CounterRandom(seed);
            Same(expected, Train(adapter, window, waiting => random.NextBelow(waiting)), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(Mixture, 1)]
    [InlineData(Mixture, 3)]
    [InlineData(Blocks, 4)]
    public async Task Late_and_repeated_answers_change_no_bit(string adapter, int window)
    {
        var expected = await TrainAsync(adapter, threads: 1, window: 1);
        for (var seed = 0UL; seed < 3; seed++)
        {
            var random = new CounterRandom(seed);
            var duplicates = 0;
            Same(
                expected,
                Train(
                    adapter,
                    window,
                    waiting => random.NextBelow(waiting),
                    (inner, math) => new AwkwardLink(inner, math, seed),
                    link => duplicates = ((AwkwardLink)link).Duplicates),
                $"seed {seed}");
            Assert.InRange(duplicates, 20, int.MaxValue);
        }
    }

    [Fact]
    public async Task Another_seed_makes_another_adapter()
    {
        using var one = new TestTraining(_tiny, AdapterCase.Parse(Mixture, 2), seed: 1);
        using var other = new TestTraining(_tiny, AdapterCase.Parse(Mixture, 2), seed: 2);
        await one.RunAsync(1);
        await other.RunAsync(1);

        Assert.NotEqual(one.Bytes(), other.Bytes());
    }

    [Fact]
    public async Task A_mixture_of_one_router_trains_as_the_usual_router_bit_for_bit()
    {
        const string Rest = " scope=linear shards=2 balance=0.1 z=0.01 dropout=0.1 jitter=0.1";
        using var usual = new TestTraining(_tiny, AdapterCase.Parse("topk" + Rest, 2));
        using var mixture = new TestTraining(_tiny, AdapterCase.Parse("mor r=1" + Rest, 2));

        var expected = await usual.RunAsync(3);
        var actual = await mixture.RunAsync(3);

        Assert.Equal(expected.Select(report => report.Loss), actual.Select(report => report.Loss));
        Assert.Equal(usual.Bytes(), mixture.Bytes());
    }

    private async Task<Outcome> TrainAsync(
        string adapter, int threads, int window, bool recompute = false, WireType wire = WireType.F32)
    {
        using var training = new TestTraining(
            _tiny, AdapterCase.Parse(adapter, 2), threads, window, recompute: recompute, wire: wire);
        var reports = await training.RunAsync(Steps);
        return new Outcome(training.Bytes(), reports);
    }

    /// <summary>Training on one thread, which takes the work in the order that <paramref name="pick"/> says.</summary>
    private Outcome Train(
        string adapter,
        int window,
        Func<int, int> pick,
        Func<IExpertLink, IMathExecutor, IExpertLink>? wrap = null,
        Action<IExpertLink>? inspect = null)
    {
        var queue = new QueueExecutor(pick);
        IExpertLink? link = null;
        using var training = new TestTraining(
            _tiny,
            AdapterCase.Parse(adapter, 2),
            threads: 1,
            window,
            queue,
            inner => link = wrap?.Invoke(inner, queue) ?? inner);
        var reports = queue.Run(() => training.RunAsync(Steps));
        inspect?.Invoke(link!);
        return new Outcome(training.Bytes(), reports);
    }

    private static void Same(Outcome expected, Outcome actual, string what)
    {
        Assert.Equal(
            expected.Reports.Select(report => (report.Loss, report.GradientNorm)),
            actual.Reports.Select(report => (report.Loss, report.GradientNorm)));
        Assert.All(expected.Reports, report => Assert.False(report.Skipped));
        Assert.True(expected.State.AsSpan().SequenceEqual(actual.State), $"{what}: the bytes differ");
    }

    private sealed record Outcome(byte[] State, IReadOnlyList<StepReport> Reports);
}
