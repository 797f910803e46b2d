using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Runs;
using Serilog;
using Serilog.Core;

namespace MoR.Coordinator.Training;

/// <summary>One session on a run's folder, whatever it trains: its end, however it comes, is shown, logged and reported.</summary>
/// <param name="command">The command that goes on with the run, such as <c>train</c>.</param>
/// <param name="folder">The run's folder, locked.</param>
/// <param name="terminal">Where it speaks.</param>
/// <param name="log">The run's log.</param>
/// <param name="status">What others see of it.</param>
internal sealed class RunSession(string command, RunFolder folder, ITerminal terminal, ILogger log, StatusWriter status)
{
    private const string RunsFolder = "runs";

    /// <summary>The command that goes on with the run as this session does.</summary>
    public string GoOn => $"{LauncherCall.Mor} {command} --resume {LauncherCall.Word(folder.Location)} {status.Arguments}".TrimEnd();

    /// <summary>Makes the folder of a new run: the one that was asked for, or a free <c>runs/{name}</c>.</summary>
    public static RunFolder CreateFolder(IDisk disk, string? output, string runName, string recipe)
    {
        if (output is not null)
        {
            return RunFolder.Create(disk, output, recipe);
        }

        var name = Path.Combine(RunsFolder, runName);
        var path = name;
        for (var number = 2; disk.FolderExists(Path.GetFullPath(path)); number++)
        {
            path = $"{name}-{number}";
        }

        return RunFolder.Create(disk, path, recipe);
    }

    /// <summary>Opens the log of a run.</summary>
    public static Logger OpenLog(RunFolder folder)
    {
        try
        {
            return new LoggerConfiguration().WriteTo.File(folder.LogPath).CreateLogger();
        }
        catch (IOException cause)
        {
            throw new RunException(
                folder.LogPath, $"the log cannot be written ({cause.Message})", "Free the disk or choose --output.", cause);
        }
    }

    /// <summary>Trains, and tells what came of it.</summary>
    /// <param name="trainer">The loop.</param>
    /// <param name="result">What the run comes to.</param>
    /// <param name="recipe">The resolved recipe.</param>
    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="stopAfter">Step after which this session ends; null for the last.</param>
    /// <param name="stop">Interrupts, with the state saved.</param>
    public async Task<CommandOutcome> RunAsync(
        Trainer trainer, IRunResult result, string recipe, long steps, long? stopAfter, CancellationToken stop)
    {
        // A run that goes on may do so with other values, which nothing refused by now.
        if (folder.ReadRecipe() != recipe)
        {
            folder.ReplaceRecipe(recipe);
        }

        if (trainer.Progress.Step >= steps)
        {
            terminal.Line(
                $"the run has made {trainer.Progress.Step} of {steps} steps: nothing is left to train; "
                + "--resume with larger --steps goes on");
        }

        try
        {
            var complete = await trainer.RunAsync(stopAfter ?? long.MaxValue, stop);
            if (complete)
            {
                result.Complete();
            }

            result.WriteReport();
            Show(result, complete, trainer.Progress.Step, steps);
            log.Information("session ends at step {Step}", trainer.Progress.Step);
            await status.EnterAsync(complete ? RunState.Complete : RunState.Stopped, trainer.Progress.Step);
            return CommandOutcome.Done(result.ToJson());
        }
        catch (OperationCanceledException)
        {
            result.WriteReport();
            log.Information("session interrupted at step {Step}", trainer.Progress.Step);
            await status.EnterAsync(RunState.Interrupted, trainer.Progress.Step);
            terminal.Line($"interrupted after step {trainer.Progress.Step}; go on with: {GoOn}");
            return CommandOutcome.Interrupted(result.ToJson());
        }
        catch (Exception failure)
        {
            log.Error(failure, "session failed after step {Step}", trainer.Progress.Step);
            await status.EndAsync(failure, trainer.Progress.Step);
            throw;
        }
    }

    private void Show(IRunResult result, bool complete, long step, long steps)
    {
        if (complete)
        {
            result.Show(terminal);
            return;
        }

        terminal.Line($"stopped after step {step} of {steps}, saved");
        terminal.Line($"go on with: {GoOn}");
    }
}
