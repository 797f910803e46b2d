using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class HelpTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("")]
    public async Task The_programs_help_lists_commands_exit_codes_and_documentation(string line)
    {
        var run = await ProgramRun.OfAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.All(
            new[]
            {
                "train [RECIPE]", "pretrain [RECIPE]", "compare [PLAN]", "cert [DIR]", "status [RUN]",
                "evaluate [RUN]", "generate [RUN]", "export [RUN]",
                "import [FOLDER]", "plan [RECIPE]", "bench [NAME]", "doctor", "--json", "Exit codes", "docs/",
            },
            text => Assert.Contains(text, run.Output, StringComparison.Ordinal));
        Assert.True(run.Output.Split('\n').Length < 40, "help fits a screen");
    }

    [Theory]
    [InlineData("train --help", "--stop-after N")]
    [InlineData("train --help", "--json")]
    [InlineData("pretrain --help", "--dry-run")]
    [InlineData("evaluate runs/a --steps --help", "--length-normalisation X")]
    [InlineData("doctor -h", "Usage: mor doctor")]
    public async Task A_commands_help_lists_its_options(string line, string text)
    {
        var run = await ProgramRun.OfAsync(line.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(text, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--version", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_result()
    {
        var plain = await ProgramRun.OfAsync("--version");
        var json = await ProgramRun.OfAsync("--version", "--json");

        Assert.Equal($"mor {ProgramVersion.Text}\n", plain.Output);
        Assert.Equal(ProgramVersion.Text, (string?)json.Json["version"]);
        Assert.Matches(@"^\d+\.\d+\.\d+", ProgramVersion.Text);
    }
}
