using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class StopTests
{
    [Theory]
    [InlineData("train rte", "stopping: saving state (again to stop at once)\n")]
    [InlineData("evaluate runs/a", "stopping (again to stop at once)\n")]
    public async Task The_first_signal_cancels_and_an_interrupt_exits_3(string line, string message)
    {
        using var stop = new StopSource(_ => Assert.Fail("the first signal must not end the process"));
        var commands = new FakeCommands
        {
            Body = (_, cancel) =>
            {
                Assert.False(cancel.IsCancellationRequested);
                stop.Signal(2);
                cancel.ThrowIfCancellationRequested();
                return Task.FromResult(CommandOutcome.Done([]));
            },
        };

        var run = await ProgramRun.OfAsync(commands, stop, [.. line.Split(' '), "--json"]);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(message + "interrupted\n", run.Error);
        Assert.Equal("interrupted", (string?)run.Json["error"]!["message"]);
        Assert.Equal(3, (int?)run.Json["error"]!["exit_code"]);
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    [InlineData(1, 129)]
    public void The_second_signal_ends_the_process_at_once(int signal, int exitCode)
    {
        var exits = new List<int>();
        using var stop = new StopSource(exits.Add);

        stop.Signal(15);
        Assert.Empty(exits);
        Assert.True(stop.Token.IsCancellationRequested);
        stop.Signal(signal);

        Assert.Equal([exitCode], exits);
    }

    [Fact]
    public void A_signal_after_the_end_does_no_harm()
    {
        var stop = new StopSource(_ => Assert.Fail("the first signal must not end the process"));
        stop.Dispose();

        stop.Signal(2);
    }
}
