using System.Diagnostics;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.Deploy;

/// <summary>What deploy/ tells other programs to run is what <c>mor</c> takes.</summary>
public sealed class DeployFilesTests : IDisposable
{
    private static readonly string Deploy = Path.Combine(TestData.RepositoryRoot(), "deploy");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-deploy-");

    public static TheoryData<string> Scripts => [.. Directory.GetFiles(Deploy, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".sh" or ".sbatch").Select(Relative).Order(StringComparer.Ordinal)];

    public static TheoryData<string, int> WithCommands => new()
    {
        { "systemd/mor-coordinator.service", 2 },
        { "systemd/mor-expert@.service", 1 },
        { "docker/compose.yaml", 3 },
        { "kubernetes/mor.yaml", 3 },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Every_script_parses(string script)
    {
        var (code, _, error) = await BashAsync("-n", Path.Combine(Deploy, script));

        Assert.True(code == 0, error);
    }

    [Theory]
    [MemberData(nameof(WithCommands))]
    public void Every_command_is_one_that_mor_takes(string file, int count)
    {
        var text = File.ReadAllText(Path.Combine(Deploy, file));
        var commands = (file.EndsWith(".yaml", StringComparison.Ordinal)
            ? DeployedCommands.OfYaml(text)
            : DeployedCommands.OfUnit(text)).ToList();

        Assert.Equal(count, commands.Count);
        Assert.All(commands, AssertTaken);
    }

    [Theory]
    [InlineData("expert --coordinator a:1 --hold-shards")]
    [InlineData("expert")]
    [InlineData("train demo --expect 2")]
    public void A_command_that_mor_does_not_take_would_be_found(string command) =>
        Assert.ThrowsAny<Exception>(() => AssertTaken(command.Split(' ')));

    [Fact]
    public async Task Train_or_resume_begins_a_run_and_goes_on_with_it_after()
    {
        var script = await BoxAsync("train-or-resume.sh");
        var run = Path.Combine(_folder.FullName, "run");
        string[] arguments = [script, run, "demo", "--steps", "7", "--", "--listen", "127.0.0.1:1", "--expect", "2"];

        var (_, first, _) = await BashAsync(arguments);
        Directory.CreateDirectory(run);
        await File.WriteAllTextAsync(Path.Combine(run, "recipe.yaml"), "");
        var (_, second, note) = await BashAsync(arguments);

        Assert.Equal($"mor train demo --output {run} --steps 7 --listen 127.0.0.1:1 --expect 2\n", first);
        Assert.Equal($"mor train --resume {run} --listen 127.0.0.1:1 --expect 2\n", second);
        Assert.Contains("without --steps 7", note, StringComparison.Ordinal);
        Assert.All(DeployedCommands.Resolved(arguments), AssertTaken);
        Assert.Equal(
            [Told(first), Told(second)],
            DeployedCommands.Resolved(arguments).Select(words => string.Join(' ', words)));
    }

    /// <summary>The batch script in a box where Slurm is pretended: a coordinator and two nodes, and what each was told.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task The_batch_script_gives_every_task_its_part_and_is_queued_again_where_the_run_was_interrupted(
        int coordinatorEnds, bool isQueuedAgain)
    {
        var batch = await BoxAsync("slurm/mor.sbatch");
        await BoxAsync("train-or-resume.sh");
        var run = Path.Combine(_folder.FullName, "run");

        var (code, told, error) = await BashAsync(
            ["-c", $"export PATH={_folder.FullName}/bin:$PATH SLURM_SUBMIT_DIR={_folder.FullName} SLURM_JOB_ID=10042 SLURM_NTASKS=3 "
                + $"SLURM_JOB_NODELIST=n[1-3] SLURM_CPUS_PER_TASK=4 ENDS={coordinatorEnds}; bash {batch} {run} demo --steps 7"]);

        Assert.True(code == coordinatorEnds, error);
        var lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var mor = lines.Where(line => line.StartsWith("mor ", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [
                "mor setup",
                $"mor cert {run}.job/tls --coordinator 192.0.2.1 --node nodes --days 60",
                $"mor expert --coordinator 192.0.2.1:20042 --name n3-0 --device cpu --tls {run}.job/tls/nodes --retry-seconds 1800 "
                    + "--threads 4",
                $"mor expert --coordinator 192.0.2.1:20042 --name n2-0 --device cpu --tls {run}.job/tls/nodes --retry-seconds 1800 "
                    + "--threads 4",
                $"mor train demo --output {run} --steps 7 --listen 192.0.2.1:20042 --expect 2 --tls {run}.job/tls/coordinator "
                    + "--device cpu",
            ],
            mor);
        Assert.All(mor.Skip(1), line => AssertTaken(Told(line).Split(' ')));
        Assert.Equal(isQueuedAgain, lines.Contains("scontrol requeue 10042"));
        Assert.Contains("scancel --signal=TERM 10042.0", lines);
        Assert.False(Directory.Exists($"{run}.job/tls"));
    }

    private static string Told(string line) => line.TrimEnd()["mor ".Length..];

    private static string Relative(string path) => Path.GetRelativePath(Deploy, path);

    private static void AssertTaken(string[] arguments)
    {
        var tree = new CommandTree();
        var parsed = tree.Parse(arguments);
        Assert.Empty(parsed.Errors.Select(error => error.Message));
        _ = arguments[0] switch
        {
            "expert" => tree.Expert.Read(parsed),
            "cert" => tree.Cert.Read(parsed),
            _ => (object)tree.Train.Read(parsed),
        };
    }

    /// <summary>A copy of a script beside programs that tell how they were called.</summary>
    private async Task<string> BoxAsync(string script)
    {
        var copy = Path.Combine(_folder.FullName, "deploy", script);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(Path.Combine(Deploy, script), copy);
        Program("mor", """
            echo "mor $*"
            [ "$1" != cert ] || mkdir -p "$2"
            [ "$1" != train ] || exit "${ENDS:-0}"
            """);
        Program("bin/sleep", "");
        Program("bin/scancel", """echo "scancel $*" >"$MOR_STATE/cancelled" """);
        Program("bin/scontrol", """
            case $* in
              'show hostnames'*) printf 'n1\nn2\nn3\n' ;;
              *'show node n1') echo 'NodeName=n1 NodeAddr=192.0.2.1 NodeHostName=n1' ;;
              *) echo "scontrol $*" ;;
            esac
            """);
        Program("bin/srun", """
            while [ "$1" != bash ]; do shift; done
            export SLURM_STEP_NUM_TASKS=$SLURM_NTASKS SLURM_STEP_ID=0 SLURM_LOCALID=0
            for task in 2 1 0; do
              SLURM_PROCID=$task SLURMD_NODENAME=n$((task + 1)) "$@"
            done
            for try in $(seq 200); do [ -s "$MOR_STATE/cancelled" ] || /bin/sleep 0.05; done
            cat "$MOR_STATE/cancelled"
            """);
        await BashAsync("-c", $"chmod -R u+x {_folder.FullName}");
        return copy;
    }

    private void Program(string name, string body)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/usr/bin/env bash\n" + body + "\n");
    }

    private static async Task<(int Code, string Output, string Error)> BashAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
