using MoR.Cluster.Protocol;
using MoR.Cluster.Random;

namespace MoR.Engine.Tests;

public sealed class StepEngineTests
{
    public static TheoryData<int> Failures => [.. Enumerable.Range(0, 16)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Deltas_are_summed_in_micro_batch_order_however_they_finish(int window)
    {
        var expected = new EngineFixture(1, _ => 0).Run(7);
        Assert.Equal(
            ["0", "1", "2", "3", "4", "5", "6"], expected.Split(' ').Select(delta => delta.Split(':')[0]));

        Assert.Equal(expected, new EngineFixture(window, _ => 0).Run(7));
        Assert.Equal(expected, new EngineFixture(window, waiting => waiting - 1).Run(7));
        for (var seed = 0; seed < 20; seed++)
        {
            var engine = new EngineFixture(window, Pick(seed));

            Assert.True(expected == engine.Run(7), $"seed {seed}: another sum");
            Assert.Equal(0, engine.Open.Now);
            Assert.Equal(window, engine.Open.Most("micro-batch"));
            Assert.InRange(engine.Open.Most("delta"), 1, 7);
            Assert.Equal(Enumerable.Range(0, 7), engine.Opened.Order());
        }
    }

    [Fact]
    public void The_window_counts_unfinished_and_waiting_micro_batches_together()
    {
        // The newest work goes first, so the first micro-batch finishes last: those behind it must not run ahead.
        var engine = new EngineFixture(window: 2, waiting => waiting - 1);
        engine.Run(6);

        Assert.Equal([0, 1], engine.Opened[..2].Order());
        Assert.Equal(Enumerable.Range(0, 6), engine.Opened.Order());
        Assert.InRange(engine.Open.Most("delta"), 1, 6);
    }

    [Fact]
    public void The_window_is_as_many_times_as_wide_as_there_are_places_that_train()
    {
        var here = new EngineFixture(window: 2, _ => 0);
        var elsewhere = new ManyPlaces(here, places: 3);
        var engine = new StepEngine<string>(here.Queue, here.Link, here.State, here.Fatal, 2, elsewhere);

        Assert.Equal(
            new EngineFixture(1, _ => 0).Run(12),
            here.Queue.Run(() => engine.RunAsync(1, here.Works(12), CancellationToken.None)));

        Assert.Equal(6, elsewhere.Most);
        Assert.Equal([1], here.Link.Published);
    }

    [Fact]
    public void A_window_wider_than_the_step_opens_what_there_is()
    {
        var engine = new EngineFixture(window: 50, _ => 0);
        engine.Run(3);

        Assert.Equal(3, engine.Open.Most("micro-batch"));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failing_micro_batch_discards_the_step_and_leaves_nothing_open(int seed)
    {
        var random = Pick(seed);
        foreach (var (direction, point) in (ReadOnlySpan<(Direction, int)>)
            [(Direction.Forward, 0), (Direction.Forward, 2), (Direction.Backward, 2), (Direction.Backward, 0)])
        {
            foreach (var place in (ReadOnlySpan<string>)["before", "during", "later"])
            {
                var engine = new EngineFixture(window: 3, random);
                var failing = EngineFixture.FailAt(seed % 5, point, direction);
                switch (place)
                {
                    case "before":
                        engine.Link.Before = failing;
                        break;
                    case "during":
                        engine.Link.During = failing;
                        break;
                    default:
                        engine.Link.Later = EngineFixture.FailAt(seed % 5, point, Direction.Backward);
                        break;
                }

                var error = Assert.Throws<IOException>(() => engine.Run(5));

                Assert.Equal("the link is broken", error.Message);
                var left = engine.Open.Now;
                Assert.True(left == 0, $"seed {seed}, {place} {direction} {point}: {left} are open");
                Assert.Equal((0L, 1, 0), (engine.State.Version, engine.State.Discards, engine.State.Commits.Count));
                Assert.Empty(engine.Link.Published);
                Assert.Empty(engine.Fatal.Deaths);

                // The step can be run again, and gives what it would have given.
                (engine.Link.Before, engine.Link.During, engine.Link.Later) = (_ => { }, _ => { }, _ => { });
                Assert.Equal(new EngineFixture(1, _ => 0).Run(5), engine.Run(5));
            }
        }
    }

    [Fact]
    public void A_micro_batch_that_cannot_be_opened_discards_the_step()
    {
        var engine = new EngineFixture(window: 2, _ => 0);

        Assert.Throws<IOException>(() => engine.Queue.Run(() => engine.Engine.RunAsync(
            1,
            [.. Enumerable.Range(0, 4).Select(position => new FakeWork(position, place => place < 2
                ? new FakeMicroBatch(engine.Open, place, [])
                : throw new IOException("no memory")))],
            CancellationToken.None)));

        Assert.Equal((0, 0L, 1), (engine.Open.Now, engine.State.Version, engine.State.Discards));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Cancelling_before_the_commit_changes_nothing(int after)
    {
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        var engine = new EngineFixture(window: 2, Pick(after));
        engine.Link.During = _ =>
        {
            if (seen++ == 3 * after)
            {
                cancel.Cancel();
            }
        };

        // 4 micro-batches of 12 requests: the last of these falls on the last requests of the step.
        Assert.ThrowsAny<OperationCanceledException>(() => engine.Run(4, cancel.Token));

        Assert.Equal((0, 0L, 1), (engine.Open.Now, engine.State.Version, engine.State.Discards));
        Assert.Empty(engine.Link.Published);
    }

    [Fact]
    public void Cancelling_after_the_last_micro_batch_still_changes_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var engine = new EngineFixture(window: 2, _ => 0);
        engine.State.Accumulated = deltas =>
        {
            if (deltas == 3)
            {
                cancel.Cancel();
            }
        };

        Assert.ThrowsAny<OperationCanceledException>(() => engine.Run(3, cancel.Token));

        Assert.Equal((0, 0L, 1), (engine.Open.Now, engine.State.Version, engine.State.Discards));
        Assert.Empty(engine.State.Commits);
    }

    [Fact]
    public void A_commit_that_has_begun_cannot_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var engine = new EngineFixture(window: 2, _ => 0);
        engine.State.Committing = cancel.Cancel;

        engine.Run(3, cancel.Token);

        Assert.Equal((1L, 0), (engine.State.Version, engine.State.Discards));
        Assert.Equal([1L], engine.Link.Published);
    }

    [Fact]
    public void A_cancelled_step_does_not_begin()
    {
        var engine = new EngineFixture(window: 2, _ => 0);

        Assert.ThrowsAny<OperationCanceledException>(() => engine.Run(3, new CancellationToken(canceled: true)));

        Assert.Empty(engine.State.Commits);
        Assert.Equal(0, engine.Open.Now);
    }

    [Fact]
    public void A_commit_that_fails_ends_the_process()
    {
        var engine = new EngineFixture(window: 2, _ => 0);
        engine.State.Failure = new InvalidDataException("half a step");

        Assert.Throws<InvalidDataException>(() => engine.Run(2));

        var (reason, cause) = Assert.Single(engine.Fatal.Deaths);
        Assert.Contains("step 1", reason, StringComparison.Ordinal);
        Assert.Same(engine.State.Failure, cause);
        Assert.Empty(engine.Link.Published);
        Assert.Equal(0, engine.State.Discards);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(-1)]
    public void A_step_must_follow_the_version(long step)
    {
        var engine = new EngineFixture(window: 2, _ => 0);
        engine.State.Version = 4;

        var error = Assert.Throws<InvalidOperationException>(() => engine.Run(step, 2));

        Assert.Contains($"step {step} cannot follow version 4", error.Message, StringComparison.Ordinal);
        Assert.Empty(engine.Opened);
        engine.Run(5, 2);
        Assert.Equal(5, engine.State.Version);
    }

    [Fact]
    public void Every_committed_version_is_published_once()
    {
        var engine = new EngineFixture(window: 2, _ => 0);
        for (var step = 1; step <= 4; step++)
        {
            engine.Run(2);
            Assert.Equal(step, engine.State.Version);
        }

        Assert.Equal([1L, 2, 3, 4], engine.Link.Published);
    }

    [Fact]
    public void A_window_and_a_step_hold_at_least_one_micro_batch()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EngineFixture(window: 0, _ => 0));
        var engine = new EngineFixture(window: 1, _ => 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Run(0));
        Assert.Empty(engine.Fatal.Deaths);
    }

    private static Func<int, int> Pick(int seed)
    {
        var random = new CounterRandom((ulong)seed);
        return waiting => random.NextBelow(waiting);
    }
}
