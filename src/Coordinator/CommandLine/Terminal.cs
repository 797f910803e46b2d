using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MoR.Coordinator.CommandLine;

/// <summary>
/// A terminal on two writers: <paramref name="error"/> for people and <paramref name="output"/> for results, which is
/// null where results go elsewhere (<c>--json</c>). May be used from several threads.
/// </summary>
public sealed class Terminal(TextWriter error, TextWriter? output, TerminalTraits traits, TimeProvider time) : ITerminal
{
    private const string Dim = "\e[2m";
    private const string Red = "\e[31m";
    private const string Normal = "\e[0m";
    private const string EraseLine = "\r\e[2K";

    private static readonly TimeSpan ScreenInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private string _progress = "";
    private long? _progressShown;

    /// <inheritdoc/>
    public bool IsLive => traits.IsRich;

    /// <inheritdoc/>
    public void Line(string text = "") => Write(Harmless(text), "");

    /// <inheritdoc/>
    public void Note(string text) => Write(Harmless(text), Dim);

    /// <summary>An error, in red on a terminal.</summary>
    public void Error(string text) => Write(Harmless(text), Red);

    /// <inheritdoc/>
    public void Result(string text)
    {
        lock (_lock)
        {
            // Both may be the same screen.
            Hide();
            output?.WriteLine(text);
            Show();
        }
    }

    /// <inheritdoc/>
    public void Table(string title, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var cells = rows.Select(row => row.Select(Harmless).ToArray()).ToArray();
        var table = new Table { Border = traits.IsRich ? TableBorder.Rounded : TableBorder.Markdown };
        for (var i = 0; i < headers.Count; i++)
        {
            var column = i;
            var header = new TableColumn(new Text(Harmless(headers[i])));
            var isNumbers = cells.All(row => column < row.Length && IsNumber(row[column]));
            table.AddColumn(isNumbers ? header.RightAligned() : header);
        }

        foreach (var row in cells)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        var text = new StringWriter(CultureInfo.InvariantCulture);
        Renderer(text).Write(table);
        var lines = text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0);
        Write(string.Join('\n', title.Length > 0 ? lines.Prepend(Harmless(title)) : lines), "");
    }

    /// <inheritdoc/>
    public void Progress(string text)
    {
        lock (_lock)
        {
            if (text.Length == 0)
            {
                Hide();
                _progress = "";
                return;
            }

            var now = time.GetTimestamp();
            var interval = traits.IsRich ? ScreenInterval : LogInterval;
            if (_progressShown is { } before && time.GetElapsedTime(before, now) < interval)
            {
                return;
            }

            _progressShown = now;
            _progress = Harmless(text).Replace('\n', ' ');
            if (traits.IsRich)
            {
                Show();
            }
            else
            {
                error.WriteLine(_progress);
            }
        }
    }

    private static bool IsNumber(string cell) =>
        cell.Length == 0 || cell is "-" || double.TryParse(cell.TrimEnd('%'), CultureInfo.InvariantCulture, out _);

    /// <summary>Control characters in a file's name or a model's text must not reach the screen as commands.</summary>
    private static string Harmless(string text)
    {
        if (!text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')))
        {
            return text;
        }

        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            kept.Append(char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c);
        }

        return kept.ToString();
    }

    /// <summary>As much of a text as fits into some cells; some characters take two.</summary>
    private static string Shortened(string text, int cells)
    {
        var kept = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            cells -= new Segment(rune.ToString()).CellCount();
            if (cells < 0)
            {
                return text[..kept];
            }

            kept += rune.Utf16SequenceLength;
        }

        return text;
    }

    private IAnsiConsole Renderer(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = traits.Width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private void Write(string text, string style)
    {
        lock (_lock)
        {
            Hide();
            error.WriteLine(traits.IsRich && style.Length > 0 ? style + text + Normal : text);
            Show();
        }
    }

    private void Hide()
    {
        if (traits.IsRich && _progress.Length > 0)
        {
            error.Write(EraseLine);
        }
    }

    private void Show()
    {
        if (traits.IsRich && _progress.Length > 0)
        {
            // A line as wide as the screen would wrap, and a wrapped line cannot be erased.
            error.Write(EraseLine + Shortened(_progress, traits.Width - 1));
        }
    }
}
