using System.CommandLine;
using System.Text.Json.Nodes;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;

namespace MoR.Coordinator.CommandLine;

/// <summary>
/// Runs one command from its arguments to its exit code. Stdout carries results only: with <c>--json</c> one object on
/// its last line, whatever happens. An exception never leaves.
/// </summary>
/// <param name="commands">What all commands but doctor do.</param>
/// <param name="doctor">What doctor does.</param>
/// <param name="recipes">What train and pretrain say when they are given nothing.</param>
/// <param name="output">stdout.</param>
/// <param name="error">stderr.</param>
/// <param name="traits">What stderr is.</param>
/// <param name="time">Clock of the progress lines.</param>
public sealed class CommandLineProgram(
    ICommands commands,
    DoctorCommand doctor,
    RecipeListing recipes,
    TextWriter output,
    TextWriter error,
    TerminalTraits traits,
    TimeProvider time)
{
    private readonly CommandTree _tree = new();

    /// <summary>Runs the command; <paramref name="stop"/> interrupts it.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, StopSource stop)
    {
        var parsed = _tree.Parse(arguments);
        var wantsJson = IsGiven(parsed, _tree.Json);
        var terminal = new Terminal(error, wantsJson ? null : output, traits, time);
        stop.WhenStopping(() => terminal.Note(
            parsed.CommandResult.Command == _tree.Train.Command
            || parsed.CommandResult.Command == _tree.Pretrain.Command
            || parsed.CommandResult.Command == _tree.Compare.Command
                ? "stopping: saving state (again to stop at once)"
                : "stopping (again to stop at once)"));
        try
        {
            var outcome = await DispatchAsync(parsed, arguments.Count == 0, terminal, stop.Token);
            terminal.Progress("");
            if (wantsJson)
            {
                await output.WriteLineAsync(JsonLine.Write(outcome.Json));
            }

            return outcome.ExitCode;
        }
#pragma warning disable CA1031 // The end of the line: whatever happened becomes a message and an exit code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            terminal.Progress("");
            return Report(exception, parsed, terminal, stop.Token.IsCancellationRequested);
        }
    }

    private static bool IsGiven(ParseResult parsed, Option<bool> flag) => parsed.GetResult(flag) is { Implicit: false };

    private async Task<CommandOutcome> DispatchAsync(
        ParseResult parsed, bool isEmpty, ITerminal terminal, CancellationToken cancel)
    {
        var command = parsed.CommandResult.Command;
        if (isEmpty || IsGiven(parsed, _tree.Help))
        {
            var help = HelpText.For(command).TrimEnd('\n');
            terminal.Result(help);
            return CommandOutcome.Done(new JsonObject { ["help"] = help });
        }

        if (command == _tree.Root && IsGiven(parsed, _tree.Version))
        {
            terminal.Result("mor " + ProgramVersion.Text);
            return CommandOutcome.Done(new JsonObject { ["version"] = ProgramVersion.Text });
        }

        if (UsageProblems.First(parsed) is { } problem)
        {
            throw problem;
        }

        if (command == _tree.Train.Command)
        {
            return _tree.Train.WantsList(parsed)
                ? recipes.Show(terminal, RecipeFamily.Training)
                : await commands.TrainAsync(_tree.Train.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Pretrain.Command)
        {
            return _tree.Pretrain.WantsList(parsed)
                ? recipes.Show(terminal, RecipeFamily.Pretraining)
                : await commands.PretrainAsync(_tree.Pretrain.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Expert.Command)
        {
            return await commands.ExpertAsync(_tree.Expert.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Cert.Command)
        {
            return commands.Cert(_tree.Cert.Read(parsed), terminal);
        }

        if (command == _tree.Status.Command)
        {
            return commands.Status(_tree.Status.Read(parsed), terminal);
        }

        if (command == _tree.Compare.Command)
        {
            return await commands.CompareAsync(_tree.Compare.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Evaluate.Command)
        {
            return await commands.EvaluateAsync(_tree.Evaluate.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Export.Command)
        {
            return commands.Export(_tree.Export.Read(parsed), terminal);
        }

        if (command == _tree.Import.Command)
        {
            return commands.Import(_tree.Import.Read(parsed), terminal);
        }

        if (command == _tree.Plan.Command)
        {
            return await commands.PlanAsync(_tree.Plan.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Simulate.Command)
        {
            return await commands.SimulateAsync(_tree.Simulate.Read(parsed), terminal, cancel);
        }

        if (command == _tree.Bench.Command)
        {
            return await commands.BenchAsync(_tree.Bench.Read(parsed), terminal, cancel);
        }

        return command == _tree.Generate.Command
            ? await commands.GenerateAsync(_tree.Generate.Read(parsed), terminal, cancel)
            : doctor.Run(terminal, cancel);
    }

    private int Report(Exception exception, ParseResult parsed, Terminal terminal, bool isStopping)
    {
        var report = ErrorReport.From(exception, isStopping);
        if (report.IsInterrupt)
        {
            terminal.Note(report.Line);
        }
        else
        {
            terminal.Error(report.Line);
        }

        if (IsGiven(parsed, _tree.Debug))
        {
            terminal.Line(exception.ToString());
        }

        if (IsGiven(parsed, _tree.Json))
        {
            output.WriteLine(JsonLine.Write(report.ToJson()));
        }

        return report.ExitCode;
    }
}
