using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Tests.Disk;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Tests.Runs;

/// <summary>Over the real file system: what a user can do wrong with an output folder.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly PhysicalDisk disk = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_new_run_holds_its_recipe_its_lock_and_an_empty_folder_of_checkpoints()
    {
        using var run = RunFolder.Create(disk, temporary["runs/deep/first/"], RunFixture.Recipe);

        Assert.Equal(temporary["runs/deep/first"], run.Location);
        Assert.Equal(["checkpoints", "lock", "recipe.yaml"], disk.List(run.Location));
        Assert.Equal(RunFixture.Recipe, run.ReadRecipe());
        run.WriteReport("<html>");
        Assert.Equal("<html>", File.ReadAllText(run.ReportPath));
    }

    [Fact]
    public void A_folder_in_use_is_refused_with_the_process_that_holds_it_and_can_still_be_read()
    {
        using (var run = RunFolder.Create(disk, temporary["run"], RunFixture.Recipe))
        {
            run.Save(1, RunFixture.Content("one"));
            foreach (var start in new Action[]
            {
                () => RunFolder.Open(new PhysicalDisk(), temporary["run"]).Dispose(),
                () => RunFolder.Create(new PhysicalDisk(), temporary["run"], "other").Dispose(),
            })
            {
                var error = Assert.Throws<InputException>(start);
                Assert.Equal(
                    $"{temporary["run"]}: the folder is in use by process {Environment.ProcessId} on "
                    + $"{Environment.MachineName}. Wait until that run ends, or choose another folder.",
                    error.Message);
            }

            using var reader = RunFolder.OpenForReading(new PhysicalDisk(), temporary["run"]);
            Assert.Equal("one", RunFixture.TextOf(reader.Checkpoints.LoadLatest()));
            Assert.Throws<InvalidOperationException>(() => reader.Save(2, RunFixture.Content("two")));
        }

        using var again = RunFolder.Open(disk, temporary["run"]);
        Assert.Equal([1], again.Checkpoints.Steps());
    }

    [Fact]
    public void A_folder_that_holds_a_run_or_anything_else_is_refused_and_left_as_it_was()
    {
        RunFolder.Create(disk, temporary["run"], RunFixture.Recipe).Dispose();
        Directory.CreateDirectory(temporary["thesis"]);
        File.WriteAllText(temporary["thesis/chapter1.tex"], "text");
        File.WriteAllText(temporary["thesis/lock"], "somebody else's lock");
        var before = RunFixture.Tree(disk, temporary.Location);

        var second = Assert.Throws<InputException>(() => RunFolder.Create(disk, temporary["run"], "other"));
        Assert.Contains("it holds a run already. Continue it with --resume", second.Message, StringComparison.Ordinal);
        var foreign = Assert.Throws<InputException>(() => RunFolder.Create(disk, temporary["thesis"], "other"));
        Assert.Contains("thesis: it is no run and not empty: it holds 'chapter1.tex'", foreign.Message,
            StringComparison.Ordinal);
        Assert.Equal(before, RunFixture.Tree(disk, temporary.Location));

        // The refused start does not keep the lock.
        RunFolder.Open(disk, temporary["run"]).Dispose();
    }

    [Fact]
    public void An_empty_folder_and_one_where_a_start_died_early_are_taken()
    {
        Directory.CreateDirectory(temporary["empty"]);
        RunFolder.Create(disk, temporary["empty"], RunFixture.Recipe).Dispose();

        Directory.CreateDirectory(temporary["died/checkpoints"]);
        File.WriteAllText(temporary["died/lock"], "process 999999 on elsewhere\n");
        File.WriteAllText(temporary["died/recipe.yaml.tmp"], "half a rec");
        RunFolder.Create(disk, temporary["died"], RunFixture.Recipe).Dispose();

        Assert.Equal(["checkpoints", "lock", "recipe.yaml"], disk.List(temporary["died"]));
    }

    [Fact]
    public void A_path_that_cannot_be_a_folder_is_refused_with_the_path_and_a_next_step()
    {
        File.WriteAllText(temporary["file"], "a file");
        foreach (var path in new[]
        {
            temporary["file"], temporary["file/run"], "/proc/self/run", "/dev/null/run", "", "a\0b",
        })
        {
            var error = Assert.Throws<InputException>(() => RunFolder.Create(disk, path, RunFixture.Recipe));
            Assert.Contains(path.Length > 0 ? path.Replace("/run", "", StringComparison.Ordinal) : "''", error.Message,
                StringComparison.Ordinal);
            Assert.EndsWith(".", error.NextStep, StringComparison.Ordinal);
        }

        Assert.Equal("a file", File.ReadAllText(temporary["file"]));
    }

    [Fact]
    public void Only_a_run_can_be_continued_or_read()
    {
        Directory.CreateDirectory(temporary["empty"]);
        foreach (var open in new Func<string, RunFolder>[]
        {
            path => RunFolder.Open(disk, path), path => RunFolder.OpenForReading(disk, path),
        })
        {
            Assert.Contains("there is no such folder",
                Assert.Throws<InputException>(() => open(temporary["absent"])).Message, StringComparison.Ordinal);
            Assert.Contains("it holds no recipe.yaml, so it is no run",
                Assert.Throws<InputException>(() => open(temporary["empty"])).Message, StringComparison.Ordinal);
        }

        Assert.Empty(disk.List(temporary["empty"]));
    }
}
