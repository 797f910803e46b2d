using System.Text;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Tests.Runs;

/// <summary>
/// Every operation of a run's life with its checkpoints fails in turn; the last good one is always there.
/// </summary>
public sealed class CheckpointCrashTests
{
    // In the order in which Advance saves them: a later one may be found before its Save returned, never an earlier
    // one.
    private static readonly string[] order = ["old", "new", "newer", "newest"];

    [Theory]
    [InlineData(Survival.OnlyFlushed, 1)]
    [InlineData(Survival.Everything, 1)]
    [InlineData(Survival.TornInOrder, 3)]
    [InlineData(Survival.TornInAnyOrder, 3)]
    public void A_power_cut_at_any_operation_leaves_the_last_good_checkpoint(Survival survival, int seeds)
    {
        var operations = OperationsOf(Advance);
        Assert.InRange(operations, 60, 2000);
        for (var at = 1; at <= operations + 1; at++)
        {
            for (var seed = 0; seed < seeds; seed++)
            {
                var (disk, run) = RunFixture.WithOneCheckpoint();
                disk.PowerLossAt = disk.Operations.Count + at;
                var done = new List<string> { "old" };
                Assert.Equal(at <= operations, Record.Exception(() => Advance(run, done)) is PowerLossException);
                var where = $"{survival}, seed {seed}, operation {at}: {disk.Operations[^1]}";
                disk.Restart(survival, seed);

                using var again = RunFolder.Open(disk, RunFixture.Location);
                var found = CheckState(disk, again, done[^1], where);

                // And the run goes on from there.
                again.Save(400, RunFixture.Content("next"));
                again.Checkpoints.PointAdapterTo(400);
                Assert.Equal("next", RunFixture.TextOf(again.Checkpoints.LoadLatest()));
                Assert.True(found.Step < 400, where);
            }
        }
    }

    [Fact]
    public void A_kill_at_any_operation_and_a_power_cut_after_the_next_start_lose_nothing_that_start_saw()
    {
        var operations = OperationsOf(Advance);
        for (var at = 1; at <= operations; at++)
        {
            var (disk, run) = RunFixture.WithOneCheckpoint();
            disk.PowerLossAt = disk.Operations.Count + at;
            Assert.Throws<PowerLossException>(() => Advance(run, []));
            var where = $"operation {at}: {disk.Operations[^1]}";
            disk.Kill();
            using var second = RunFolder.Open(disk, RunFixture.Location);
            var seen = RunFixture.TextOf(CheckState(disk, second, "old", where));

            disk.Restart(Survival.OnlyFlushed, seed: at);
            using var third = RunFolder.Open(disk, RunFixture.Location);
            CheckState(disk, third, seen, where);
        }
    }

    [Fact]
    public void The_first_checkpoint_brings_its_metrics_with_it()
    {
        var disk = new FaultyDisk();
        var run = RunFolder.Create(disk, RunFixture.Location, RunFixture.Recipe);
        RunFixture.Log(run.OpenMetrics(0), 1, 100);
        run.Save(100, RunFixture.Content("first"));
        var before = disk.ReadAllBytes(run.MetricsPath);
        disk.Restart(Survival.OnlyFlushed, seed: 0);

        using var again = RunFolder.Open(disk, RunFixture.Location);
        Assert.Equal("first", RunFixture.TextOf(again.Checkpoints.LoadLatest()));
        Assert.Equal(before, disk.ReadAllBytes(again.MetricsPath));
    }

    [Fact]
    public void An_input_output_error_at_any_operation_leaves_the_last_good_checkpoint()
    {
        var operations = OperationsOf(Advance);
        for (var at = 1; at <= operations; at++)
        {
            var (disk, run) = RunFixture.WithOneCheckpoint();
            var failing = disk.Operations.Count + at;
            disk.ErrorAt = failing;
            var done = new List<string> { "old" };
            var error = Record.Exception(() => Advance(run, done));
            var where = $"operation {at}: {disk.Operations[failing - 1]}";
            Assert.True(error is null or MorException, $"{where}: {error}");
            disk.ErrorAt = int.MaxValue;

            // Still in the same process, then after a restart.
            CheckState(disk, run, done[^1], where);
            run.Dispose();
            using var again = RunFolder.Open(disk, RunFixture.Location);
            CheckState(disk, again, done[^1], where);
            Assert.DoesNotContain(disk.List(RunFixture.Location + "/checkpoints"), name => name.StartsWith('.'));
        }
    }

    [Fact]
    public void A_disk_that_is_full_after_any_byte_leaves_the_last_good_checkpoint_and_no_rubbish()
    {
        for (var space = 0; ; space += 13)
        {
            var (disk, run) = RunFixture.WithOneCheckpoint();
            disk.Space = space;
            var error = Record.Exception(() => run.Save(200, RunFixture.Content("new")));
            if (error is null)
            {
                Assert.True(space > 300, $"{space} bytes cannot hold a checkpoint");
                return;
            }

            Assert.IsType<RunException>(error);
            Assert.Contains("/runs/first/checkpoints/.tmp-step-000200/", error.Message, StringComparison.Ordinal);
            Assert.Contains(
                "no space left on the disk while writing the file", error.Message, StringComparison.Ordinal);
            Assert.Equal("old", RunFixture.TextOf(run.Checkpoints.LoadLatest()));
            Assert.Equal(["step-000100"], disk.List(RunFixture.Location + "/checkpoints"));

            disk.Space = long.MaxValue;
            run.Save(200, RunFixture.Content("new"));
            Assert.Equal("new", RunFixture.TextOf(run.Checkpoints.LoadLatest()));
        }
    }

    [Theory]
    [InlineData(Survival.OnlyFlushed)]
    [InlineData(Survival.Everything)]
    [InlineData(Survival.TornInOrder)]
    [InlineData(Survival.TornInAnyOrder)]
    public void A_power_cut_while_a_run_is_made_leaves_a_run_or_a_folder_to_make_one_in(Survival survival)
    {
        for (var at = 1; ; at++)
        {
            var disk = new FaultyDisk { PowerLossAt = at };
            var isDone = Record.Exception(() => RunFolder.Create(disk, RunFixture.Location, RunFixture.Recipe)) is null;
            disk.Restart(survival, seed: at);

            var isRun = disk.FileExists(RunFixture.Location + "/recipe.yaml");
            Assert.True(isRun || !isDone, $"{survival}, operation {at}: a finished start is lost");
            using var run = isRun
                ? RunFolder.Open(disk, RunFixture.Location)
                : RunFolder.Create(disk, RunFixture.Location, RunFixture.Recipe);
            Assert.Equal(RunFixture.Recipe, run.ReadRecipe());
            run.Save(1, RunFixture.Content("one"));
            if (isDone)
            {
                return;
            }
        }
    }

    // Everything that a training run does with its folder: new steps, an overwritten step, retention, the link,
    // metrics.
    private static void Advance(RunFolder run, List<string> done)
    {
        var metrics = run.OpenMetrics(100);
        RunFixture.Log(metrics, 101, 200);
        Save(run, 200, "new", done);
        Save(run, 200, "newer", done);
        RunFixture.Log(metrics, 201, 300);
        Save(run, 300, "newest", done);
    }

    private static void Save(RunFolder run, long step, string text, List<string> done)
    {
        run.Save(step, RunFixture.Content(text));
        done.Add(text);
        run.Checkpoints.PointAdapterTo(step);
        run.Checkpoints.Prune(keepLast: 1);
    }

    private static int OperationsOf(Action<RunFolder, List<string>> work)
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        var before = disk.Operations.Count;
        work(run, []);
        return disk.Operations.Count - before;
    }

    private static Checkpoint CheckState(FaultyDisk disk, RunFolder run, string atLeast, string where)
    {
        var found = run.Checkpoints.LoadLatest();
        var text = RunFixture.TextOf(found);
        Assert.True(
            Array.IndexOf(order, text) >= Array.IndexOf(order, atLeast),
            $"{where}: found '{text}', '{atLeast}' was saved");

        // The link points to a good checkpoint at every instant.
        Assert.True(run.Checkpoints.AdapterStep() is not null, where);
        run.Checkpoints.Verify(run.Checkpoints.AdapterStep()!.Value);

        // Nothing is ever there in part under the name of a checkpoint, old ones on their way out included.
        Assert.All(run.Checkpoints.Steps(), step => run.Checkpoints.Verify(step));

        // The metrics are never behind the checkpoint: one line for every 25 steps, none torn.
        run.OpenMetrics(found.Step);
        var lines = Encoding.UTF8.GetString(disk.ReadAllBytes(run.MetricsPath)).Split('\n');
        var expected = Enumerable.Range(0, (int)found.Step / 25)
            .Select(i => $"{{\"step\":{(i * 25) + 1},\"loss\":1.5}}").Append("");
        Assert.True(expected.SequenceEqual(lines), $"{where}: {string.Join('|', lines)}");
        return found;
    }
}
