using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class ErrorTests
{
    private const int NoSpaceLeft = 28;

    public static TheoryData<string, Func<Exception>, int, string, string> Cases => new()
    {
        {
            "input", () => new InputException("recipe.yaml:3", "k is 9, more than 8 experts", "Lower router.top_k."),
            2, "input", "error: recipe.yaml:3: k is 9, more than 8 experts. Lower router.top_k."
        },
        {
            "run", () => new RunException("runs/a", "the disk is full", "Free some space."),
            1, "run", "error: runs/a: the disk is full. Free some space."
        },
        {
            "aggregate", () => new AggregateException(
                new InvalidOperationException("x"),
                new AggregateException(new InputException("a", "b is wrong", "Mend it."))),
            2, "input", "error: a: b is wrong. Mend it."
        },
        {
            "initialiser", () => new TypeInitializationException("T", new RunException("a", "b", "Do c.")),
            1, "run", "error: a: b. Do c."
        },
        {
            "memory", () => new InsufficientMemoryException(),
            1, "run", "error: memory: there is not enough. Lower training.micro_batch_sequences"
        },
        {
            "full disk",
            () => new IOException("No space left on device : '/x'", unchecked((int)0x80070000) | NoSpaceLeft),
            1, "run", "error: No space left on device : '/x'. Free some disk space."
        },
        {
            "disk", () => new IOException("Input/output error : '/x'"),
            1, "run", "error: Input/output error : '/x'. Check that the disk can be read and written"
        },
        {
            "missing", () => new FileNotFoundException("Could not find file '/x'.", "/x"),
            1, "run", "error: /x: the file does not exist. Check the path."
        },
        {
            "denied", () => new UnauthorizedAccessException("Access to the path '/x' is denied."),
            1, "run", "error: Access to the path '/x' is denied. Check the owner and the permissions."
        },
        {
            "internal", () => new InvalidOperationException("first\nsecond"),
            1, "internal", "internal error: InvalidOperationException: first second (run again with --debug"
        },
        {
            "cancelled without a signal", () => new OperationCanceledException("late"),
            1, "internal", "internal error: OperationCanceledException: late"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_exception_becomes_one_line_and_an_exit_code(
        string name, Func<Exception> error, int exitCode, string kind, string message)
    {
        var run = await ProgramRun.ThrowingAsync(error, "train", "rte", "--json");

        Assert.True(exitCode == run.ExitCode, name);
        Assert.StartsWith(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.Equal(1, run.Output.Count(c => c == '\n'));
        var json = run.Json["error"]!.AsObject();
        Assert.Equal(["kind", "message", "subject", "next_step", "exit_code"], json.Select(member => member.Key));
        Assert.Equal(kind, (string?)json["kind"]);
        Assert.Equal(exitCode, (int?)json["exit_code"]);
        Assert.NotEmpty((string)json["next_step"]!);
        Assert.EndsWith((string?)json["message"], run.Error.TrimEnd('\n'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stack_trace_is_shown_only_with_debug()
    {
        var plain = await ProgramRun.ThrowingAsync(() => new InvalidOperationException("x"), "evaluate", "runs/a");
        var debug = await ProgramRun.ThrowingAsync(
            () => new InvalidOperationException("x"), "evaluate", "runs/a", "--debug");

        Assert.DoesNotContain("   at ", plain.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", debug.Error, StringComparison.Ordinal);
        Assert.Equal(plain.ExitCode, debug.ExitCode);
    }

    [Fact]
    public async Task A_wrong_option_fails_in_json_too()
    {
        var run = await ProgramRun.OfAsync("train", "rte", "--steps", "0", "--json");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("--steps", (string?)run.Json["error"]!["subject"]);
        Assert.Equal("input", (string?)run.Json["error"]!["kind"]);
    }

    [Fact]
    public async Task Json_is_the_last_line_and_the_only_thing_on_stdout()
    {
        var commands = new FakeCommands
        {
            Body = (terminal, _) =>
            {
                terminal.Progress("step 1");
                terminal.Result("generated text");
                terminal.Line("a line");
                return Task.FromResult(CommandOutcome.Done(new JsonObject
                {
                    ["loss"] = double.NaN,
                    ["nested"] = new JsonArray(1.5, float.PositiveInfinity),
                    ["text"] = "ü <\n",
                }));
            },
        };

        var run = await ProgramRun.OfAsync(commands, "generate", "runs/a", "--prompt", "x", "--json");

        Assert.Equal("""{"loss":null,"nested":[1.5,null],"text":"ü <\n"}""" + "\n", run.Output);
        Assert.Equal("step 1\na line\n", run.Error);
    }

    [Fact]
    public async Task Without_json_stdout_has_the_result_alone()
    {
        var commands = new FakeCommands
        {
            Body = (terminal, _) =>
            {
                terminal.Note("a note");
                terminal.Result("generated text");
                return Task.FromResult(CommandOutcome.Done([]));
            },
        };

        var run = await ProgramRun.OfAsync(commands, "generate", "runs/a", "--prompt", "x");

        Assert.Equal("generated text\n", run.Output);
        Assert.Equal("a note\n", run.Error);
    }

    [Fact]
    public async Task A_commands_own_exit_code_is_kept()
    {
        var commands = new FakeCommands
        {
            Body = (_, _) => Task.FromResult(CommandOutcome.Interrupted(new JsonObject { ["run"] = "runs/a" })),
        };

        var run = await ProgramRun.OfAsync(commands, "train", "rte", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("runs/a", (string?)run.Json["run"]);
    }
}
