using MoR.Cluster.Disk;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Tests.Disk;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Tests.Runs;

public sealed class CheckpointStoreTests
{
    [Fact]
    public void A_saved_checkpoint_comes_back_whole_from_a_real_disk()
    {
        using var temporary = new TemporaryFolder();
        using (var run = RunFolder.Create(new PhysicalDisk(), temporary["run"], RunFixture.Recipe))
        {
            run.Save(200, RunFixture.Content("first"));
            run.Save(200, RunFixture.Content("second"));
            run.Checkpoints.PointAdapterTo(200);
        }

        using var again = RunFolder.Open(new PhysicalDisk(), temporary["run"]);
        var checkpoint = again.Checkpoints.LoadLatest();
        Assert.Equal("second", RunFixture.TextOf(checkpoint));
        Assert.Equal((200, temporary["run/checkpoints/step-000200"]), (checkpoint.Step, checkpoint.Location));
        Assert.Equal(
            ["adapter.safetensors", "manifest.json", "optimizer.safetensors", "trainer_state.json"],
            new PhysicalDisk().List(temporary["run/adapter"]));
        Assert.Equal(["step-000200"], new PhysicalDisk().List(temporary["run/checkpoints"]));
    }

    [Fact]
    public void Equal_states_are_equal_bytes_wherever_and_whenever_they_are_saved()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        var (other, _) = RunFixture.WithOneCheckpoint();
        Assert.Equal(RunFixture.Tree(other, RunFixture.Location), RunFixture.Tree(disk, RunFixture.Location));

        run.Save(100, RunFixture.Content("other"));
        run.Save(100, RunFixture.Content("old"));
        Assert.Equal(RunFixture.Tree(other, RunFixture.Location), RunFixture.Tree(disk, RunFixture.Location));
    }

    [Fact]
    public void The_manifest_lists_sizes_and_hashes_by_name()
    {
        var disk = new FaultyDisk();
        using var run = RunFolder.Create(disk, RunFixture.Location, RunFixture.Recipe);
        run.Save(7, [new("b", stream => stream.Write("abc"u8)), new("a", _ => { })]);

        // SHA-256 of nothing and of "abc": FIPS 180-4's own examples.
        const string expected =
            """
            {
              "files": [
                {
                  "name": "a",
                  "bytes": 0,
                  "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                },
                {
                  "name": "b",
                  "bytes": 3,
                  "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
                }
              ]
            }

            """;
        Assert.Equal(
            expected,
            System.Text.Encoding.UTF8.GetString(disk.ReadAllBytes(RunFixture.CheckpointPath(7, "manifest.json"))));
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_the_newest_is_reported_and_the_one_before_is_used()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        run.Save(200, RunFixture.Content("new"));
        var fallbacks = 0;
        foreach (var name in disk.List(RunFixture.CheckpointPath(200)))
        {
            var path = RunFixture.CheckpointPath(200, name);
            for (var position = 0; position < disk.ReadAllBytes(path).Length; position++)
            {
                disk.FlipBit(path, position);
                var reports = new List<string>();
                var found = run.Checkpoints.LoadLatest(reports.Add);
                if (found.Step == 100)
                {
                    Assert.Contains(RunFixture.CheckpointPath(200), Assert.Single(reports), StringComparison.Ordinal);
                    fallbacks++;
                }

                // A changed blank in the manifest may pass; a changed value never does.
                Assert.Equal(found.Step == 100 ? "old" : "new", RunFixture.TextOf(found));
                Assert.True(found.Step == 100 || name == "manifest.json", $"{name}, byte {position}");
                disk.FlipBit(path, position);
            }
        }

        Assert.True(fallbacks > 500, $"{fallbacks} fallbacks");
    }

    [Fact]
    public void A_checkpoint_without_one_of_its_files_or_its_manifest_is_not_used()
    {
        foreach (var name in new[] { "adapter.safetensors", "manifest.json" })
        {
            var (disk, run) = RunFixture.WithOneCheckpoint();
            run.Save(200, RunFixture.Content("new"));
            disk.DeleteFile(RunFixture.CheckpointPath(200, name));
            var reports = new List<string>();

            Assert.Equal("old", RunFixture.TextOf(run.Checkpoints.LoadLatest(reports.Add)));
            Assert.Contains($"{name}: the file is missing", Assert.Single(reports), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_a_good_checkpoint_the_error_says_whether_there_was_one()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        disk.FlipBit(RunFixture.CheckpointPath(100, "adapter.safetensors"), 3);
        var damaged = Assert.Throws<InputException>(() => run.Checkpoints.LoadLatest());
        Assert.Contains("none of the 1 checkpoints is whole", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("step-000100/adapter.safetensors: its SHA-256 is", damaged.Message, StringComparison.Ordinal);

        using var fresh = RunFolder.Create(disk, "/runs/second", RunFixture.Recipe);
        Assert.Empty(fresh.Checkpoints.Steps());
        var none = Assert.Throws<InputException>(() => fresh.Checkpoints.LoadLatest());
        Assert.Contains("/runs/second/checkpoints: there is no checkpoint yet", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_medium_that_keeps_other_bits_is_found_out_before_the_checkpoint_counts()
    {
        foreach (var (step, file) in new[]
        {
            (200, "optimizer.safetensors"), (100, "optimizer.safetensors"), (100, "manifest.json"),
        })
        {
            var (disk, run) = RunFixture.WithOneCheckpoint();
            disk.IsLying = path => path.EndsWith(file, StringComparison.Ordinal);

            var error = Assert.Throws<RunException>(() => run.Save(step, RunFixture.Content("new")));
            Assert.Contains("does not read back the same", error.Message, StringComparison.Ordinal);
            Assert.Equal("old", RunFixture.TextOf(run.Checkpoints.LoadLatest()));
            Assert.Equal(["step-000100"], disk.List(RunFixture.Location + "/checkpoints"));
        }
    }

    [Fact]
    public void A_writer_that_throws_leaves_nothing_behind()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        var before = RunFixture.Tree(disk, RunFixture.Location);

        Assert.Throws<ArithmeticException>(() => run.Save(
            200, [new("fine", stream => stream.WriteByte(1)), new("not", _ => throw new ArithmeticException())]));
        Assert.Equal(before, RunFixture.Tree(disk, RunFixture.Location));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("../adapter")]
    [InlineData(".hidden")]
    [InlineData("")]
    public void A_file_that_would_leave_its_folder_or_hide_the_manifest_is_the_programs_mistake(string name)
    {
        var (_, run) = RunFixture.WithOneCheckpoint();
        Assert.Throws<ArgumentException>(() => run.Save(200, [new(name, _ => { })]));
        Assert.Throws<ArgumentException>(() => run.Save(200, [new("twice", _ => { }), new("twice", _ => { })]));
    }

    [Fact]
    public void Steps_are_read_from_names_of_six_digits_or_more_and_from_no_others()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        run.Save(12_345_678, RunFixture.Content("far"));
        foreach (var name in new[]
        {
            "step-5", "step-0000100", "step-+00100", "step-000100 ", "step-99999999999999999999", "Step-000300",
        })
        {
            disk.CreateFolder(Path.Combine(RunFixture.Location, "checkpoints", name));
        }

        Assert.Equal([100, 12_345_678], run.Checkpoints.Steps());
        Assert.Equal("far", RunFixture.TextOf(run.Checkpoints.LoadLatest()));
    }

    [Fact]
    public void Retention_keeps_the_newest_good_ones_the_asked_ones_and_the_adapter()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        for (var step = 200; step <= 800; step += 100)
        {
            run.Save(step, RunFixture.Content($"s{step}"));
        }

        disk.FlipBit(RunFixture.CheckpointPath(800, "adapter.safetensors"), 0);
        using var again = Reopened(disk, run);

        Assert.Equal([500, 400, 200], again.Checkpoints.Prune(keepLast: 2, keepAlso: [300, 900]));
        Assert.Equal([100, 300, 600, 700, 800], again.Checkpoints.Steps());
        Assert.Empty(again.Checkpoints.Prune(keepLast: 10));
    }

    [Fact]
    public void The_adapter_points_only_to_good_checkpoints_and_is_mended_when_its_own_is_damaged()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        run.Save(200, RunFixture.Content("new"));
        run.Checkpoints.PointAdapterTo(200);
        Assert.Equal("checkpoints/step-000200", disk.ReadLink(RunFixture.Location + "/adapter"));
        Assert.Throws<InputException>(() => run.Checkpoints.PointAdapterTo(300));

        disk.FlipBit(RunFixture.CheckpointPath(200, "adapter.safetensors"), 0);
        using var again = Reopened(disk, run);
        Assert.Throws<InputException>(() => again.Checkpoints.PointAdapterTo(200));
        var reports = new List<string>();
        again.Checkpoints.RepairAdapter(again.Checkpoints.LoadLatest().Step, reports.Add);
        again.Checkpoints.RepairAdapter(100, reports.Add);

        Assert.Equal(100, again.Checkpoints.AdapterStep());
        Assert.Contains("pointed to step-000200, which is damaged", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_crash_left_is_cleared_when_the_run_is_opened()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        var before = RunFixture.Tree(disk, RunFixture.Location);
        var root = Path.Combine(RunFixture.Location, "checkpoints");
        disk.Rename(RunFixture.CheckpointPath(100), Path.Combine(root, ".aside-step-000100"));
        disk.CreateFolder(Path.Combine(root, ".tmp-step-000200"));
        using (disk.Create(RunFixture.Location + "/recipe.yaml.tmp"))
        {
            run.Dispose();
        }

        var reports = new List<string>();
        using var again = RunFolder.Open(disk, RunFixture.Location, reports.Add);

        Assert.Equal(before, RunFixture.Tree(disk, RunFixture.Location));
        Assert.Equal(2, reports.Count);
        Assert.Contains(".aside-step-000100: a crash left", reports[0], StringComparison.Ordinal);
        Assert.Contains(".tmp-step-000200: a crash left", reports[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_changes_after_the_checkpoint_was_opened_is_noticed_on_reading()
    {
        var (disk, run) = RunFixture.WithOneCheckpoint();
        var checkpoint = run.Checkpoints.LoadLatest();
        disk.FlipBit(RunFixture.CheckpointPath(100, "trainer_state.json"), 0);

        Assert.Contains("was changed", Assert.Throws<RunException>(() => checkpoint.Read("trainer_state.json")).Message,
            StringComparison.Ordinal);
        Assert.Contains("it holds no 'x' (it holds adapter.safetensors, ",
            Assert.Throws<InputException>(() => checkpoint.PathOf("x")).Message, StringComparison.Ordinal);
    }

    // A new object, that has verified nothing yet.
    private static RunFolder Reopened(FaultyDisk disk, RunFolder run)
    {
        run.Dispose();
        return RunFolder.Open(disk, RunFixture.Location);
    }
}
