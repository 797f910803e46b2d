using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class TerminalTests : IDisposable
{
    private const string Erase = "\r\e[2K";
    private readonly StringWriter _error = new();
    private readonly StringWriter _output = new();
    private readonly ManualTime _time = new();

    [Fact]
    public void Progress_off_a_terminal_is_a_line_each_ten_seconds()
    {
        var terminal = Plain();
        for (var second = 0; second <= 30; second++)
        {
            terminal.Progress($"second {second}");
            terminal.Progress($"second {second} again");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("second 0\nsecond 10\nsecond 20\nsecond 30\n", _error.ToString());
    }

    [Fact]
    public void A_new_task_off_a_terminal_waits_for_its_turn_too()
    {
        var terminal = Plain();
        terminal.Progress("reading 1");
        terminal.Progress("");
        terminal.Progress("training 1");
        _time.Advance(TimeSpan.FromSeconds(10));
        terminal.Progress("training 2");

        Assert.Equal("reading 1\ntraining 2\n", _error.ToString());
    }

    [Fact]
    public void Off_a_terminal_nothing_but_plain_text_is_written()
    {
        var terminal = Plain();
        terminal.Line("line [bold]x[/]");
        terminal.Note("note");
        terminal.Error("error: e");
        terminal.Progress("progress");
        terminal.Progress("");
        terminal.Table("A title", ["name", "value"], [["x [y]", "1.5"], ["longer", "12"]]);

        const string expected =
            """
            line [bold]x[/]
            note
            error: e
            progress
            A title
            | name   | value |
            | ------ | ----: |
            | x [y]  |   1.5 |
            | longer |    12 |

            """;
        Assert.Equal(expected, _error.ToString());
    }

    [Fact]
    public void On_a_terminal_progress_stays_below_the_lines()
    {
        var terminal = Rich(width: 40);
        terminal.Progress("step 1");
        terminal.Line("hello");
        terminal.Progress("");
        terminal.Line("bye");

        Assert.Equal($"{Erase}step 1{Erase}hello\n{Erase}step 1{Erase}bye\n", _error.ToString());
    }

    [Fact]
    public void Progress_on_a_terminal_is_redrawn_at_most_ten_times_a_second()
    {
        var terminal = Rich(width: 40);
        for (var i = 0; i < 100; i++)
        {
            terminal.Progress($"step {i}");
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(10, _error.ToString().Split(Erase).Length - 1);
    }

    [Theory]
    [InlineData("a progress line that is wider than the screen")]
    [InlineData("字字字字字字字字字字字字字字字")]
    public void Progress_never_fills_the_width(string text)
    {
        Rich(width: 20).Progress(text);

        var shown = _error.ToString()[Erase.Length..];
        Assert.NotEmpty(shown);
        Assert.StartsWith(shown, text, StringComparison.Ordinal);
        Assert.True(shown.Sum(c => c > 0x2E80 ? 2 : 1) < 20, shown);
    }

    [Fact]
    public void On_a_terminal_errors_are_red_and_notes_are_dim()
    {
        var terminal = Rich(width: 40);
        terminal.Error("e");
        terminal.Note("n");

        Assert.Equal("\e[31me\e[0m\n\e[2mn\e[0m\n", _error.ToString());
    }

    [Fact]
    public void Results_go_to_stdout_alone_and_nowhere_when_there_is_none()
    {
        Plain().Result("result");
        new Terminal(_error, null, new TerminalTraits(false, 80), _time).Result("hidden");

        Assert.Equal("result\n", _output.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Control_characters_never_reach_the_screen()
    {
        var terminal = Rich(width: 40);
        terminal.Line("a\e[2Jb\u0007\tc");
        terminal.Table("", ["h"], [["x\e[2Jy"]]);

        Assert.DoesNotContain('\e', _error.ToString());
        Assert.DoesNotContain('\u0007', _error.ToString());
        Assert.Contains("\tc", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_wide_table_keeps_within_the_screen()
    {
        Rich(width: 30).Table("t", ["a", "b"], [[new string('x', 60), "1"]]);

        Assert.All(_error.ToString().Split('\n'), line => Assert.True(line.Length <= 30, line));
    }

    [Theory]
    [InlineData(true, "xterm", null, true)]
    [InlineData(true, "xterm", "", true)]
    [InlineData(true, "xterm", "1", false)]
    [InlineData(true, "dumb", null, false)]
    [InlineData(true, null, null, false)]
    [InlineData(false, "xterm", null, false)]
    public void Colours_need_a_terminal_that_wants_them(bool isTerminal, string? term, string? noColor, bool isRich)
    {
        var traits = TerminalTraits.Of(isTerminal, 100, name => name == "TERM" ? term : noColor);

        Assert.Equal(isRich, traits.IsRich);
        Assert.Equal(isTerminal ? 100 : 160, traits.Width);
    }

    public void Dispose()
    {
        _error.Dispose();
        _output.Dispose();
    }

    private Terminal Plain() => new(_error, _output, new TerminalTraits(IsRich: false, Width: 80), _time);

    private Terminal Rich(int width) => new(_error, _output, new TerminalTraits(IsRich: true, width), _time);
}
