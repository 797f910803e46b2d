using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Tests.Disk;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Status;
using MoR.Coordinator.Tests.Runs;

namespace MoR.Coordinator.Tests.Status;

public sealed class StatusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PhysicalDisk _disk = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_live_run_shows_its_step_speed_nodes_and_requests()
    {
        using var run = Create("run");
        var writer = Writer(run);
        writer.Cluster = () => Task.FromResult(new ClusterStatus(
            "127.0.0.1:7070",
            [
                new NodeStatus("gpu1", "gpu1 (10.0.0.2:5000)", [0, 2], IsWorker: false, 100, Leaves: false),
                new NodeStatus("gpu2", "gpu2 (10.0.0.3:5000)", [], IsWorker: true, 0, Leaves: false),
            ],
            3, 1, 4, 2, 5));
        await writer.StepAsync(12, loss: 2.5, tokensPerSecond: 812, TimeSpan.FromSeconds(65));
        _time.Advance(TimeSpan.FromSeconds(3));

        var (text, json) = Show("run");

        Assert.Equal(
            $"""
            run         {_folder["run"]}
            state       training, by process {Environment.ProcessId} on {Environment.MachineName}
            step        12 of 400, loss 2.5000, 812 tokens/s, 00:01:05 left
            nodes       2 at 127.0.0.1:7070
                        gpu1 (10.0.0.2:5000): shards 0 2
                        gpu2 (10.0.0.3:5000): worker
                        3 joined, 1 lost; 4 requests sent again, 2 hedged, 5 shards moved
            written     00:00:03 ago
            checkpoint  none yet

            """,
            text);
        Assert.Equal(("training", true), ((string)json["state"]!, (bool)json["live"]!));
        Assert.Equal((12L, 4L), ((long)json["step"]!, (long)json["retries"]!));
        Assert.Equal(2, (int)json["nodes"]![0]!["shards"]![1]!);
        Assert.Null(json["go_on"]);
    }

    [Fact]
    public async Task A_run_that_died_is_told_from_one_that_ended_and_how_to_go_on()
    {
        using (var run = Create("run"))
        {
            var writer = Writer(run);
            writer.Arguments = "--nodes 2";
            await writer.StepAsync(12, 2.5, 812, TimeSpan.FromSeconds(65));
            run.Save(10, RunFixture.Content("state"));
        }

        File.WriteAllText(_folder["run/lock"], "process 999999 on elsewhere\n"); // as SIGKILL leaves it

        var (text, json) = Show("run");

        Assert.Contains("state       died\n", text, StringComparison.Ordinal);
        Assert.Contains("checkpoint  step 10\n", text, StringComparison.Ordinal);
        Assert.Contains($"go on with  ./mor train --resume {_folder["run"]} --nodes 2\n", text, StringComparison.Ordinal);
        Assert.Equal($"./mor train --resume {_folder["run"]} --nodes 2", (string?)json["go_on"]);
        Assert.False((bool)json["live"]!);
    }

    [Fact]
    public async Task A_run_that_failed_says_why_and_one_that_is_complete_has_nothing_to_go_on_with()
    {
        using (var run = Create("runs/failed"))
        {
            await Writer(run).EndAsync(new RunException("a disk", "it is full", "Free it."), 7);
        }

        using (var run = Create("runs/sweep/complete"))
        {
            await Writer(run).EnterAsync(RunState.Complete, 400);
        }

        var (text, json) = Show("runs");
        var (failed, _) = Show("runs/failed");

        Assert.Contains("| failed ", text, StringComparison.Ordinal);
        Assert.Contains("| sweep/complete ", text, StringComparison.Ordinal);
        Assert.Equal(["failed", "complete"], json["runs"]!.AsArray().Select(run => (string)run!["state"]!));
        Assert.Null(json["runs"]![1]!["go_on"]);
        Assert.Contains("problem     a disk: it is full. Free it.\n", failed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_whose_status_is_missing_or_torn_is_shown_without_it()
    {
        Create("run").Dispose();
        Assert.Contains("state       unknown\n", Show("run").Text, StringComparison.Ordinal);

        File.WriteAllText(_folder["run/status.json"], "{\"state\": \"trai");
        Assert.Contains("it has no status.json that can be read", Show("run").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_and_holds_none_is_refused()
    {
        Directory.CreateDirectory(_folder["empty"]);

        Assert.Contains("it is no run, and holds none", Assert.Throws<InputException>(() => Show("empty")).Message);
        Assert.Contains("there is no such folder", Assert.Throws<InputException>(() => Show("nowhere")).Message);
    }

    [Fact]
    public async Task Between_steps_it_is_written_once_a_second_and_a_new_state_at_once()
    {
        using var run = Create("run");
        var writer = Writer(run);
        await writer.StepAsync(1, 1, 1, TimeSpan.Zero);
        await writer.StepAsync(2, 1, 1, TimeSpan.Zero);
        Assert.Equal(1, run.ReadStatus()!.Step);

        _time.Advance(StatusWriter.Interval);
        await writer.StepAsync(3, 1, 1, TimeSpan.Zero);
        Assert.Equal(3, run.ReadStatus()!.Step);

        await writer.StepAsync(4, double.NaN, 1, TimeSpan.Zero);
        await writer.EnterAsync(RunState.Evaluating, 4);
        Assert.Equal((RunState.Evaluating, 4L), (run.ReadStatus()!.State, run.ReadStatus()!.Step));
        Assert.Equal(double.NaN, run.ReadStatus()!.Loss);
    }

    [Fact]
    public async Task A_failure_while_waiting_is_recorded_and_passed_on()
    {
        using var run = Create("run");
        var writer = Writer(run);

        await Assert.ThrowsAsync<RunException>(
            () => writer.WatchAsync<int>(() => throw new RunException("--expect", "nobody came", "Wait.")));

        Assert.Equal((RunState.Failed, "--expect: nobody came. Wait."), (run.ReadStatus()!.State, run.ReadStatus()!.Problem));
    }

    private RunFolder Create(string name) => RunFolder.Create(_disk, _folder[name], RunFixture.Recipe);

    private StatusWriter Writer(RunFolder run) => new(run, "train", 400, _time);

    private (string Text, System.Text.Json.Nodes.JsonObject Json) Show(string path)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, output, new TerminalTraits(false, 120), _time);
        var outcome = new StatusSession(new StatusOptions { Run = _folder[path] }, terminal, _disk, _time).Run();
        return (output.ToString().Replace("\r", "", StringComparison.Ordinal), outcome.Json);
    }
}
