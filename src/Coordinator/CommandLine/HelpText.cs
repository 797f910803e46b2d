using System.CommandLine;
using System.Text;

namespace MoR.Coordinator.CommandLine;

/// <summary>The help of <c>mor</c> and of each command.</summary>
internal static class HelpText
{
    private const string ExitCodes =
        """
        Exit codes:
          0 done   1 failed while running   2 wrong usage or configuration   3 interrupted, state saved
        """;

    private const string Documentation =
        "Documentation: README.md and docs/. 'mor COMMAND --help' lists a command's options.";

    // Answered by the launcher, before this program starts.
    private static readonly (string Label, string Description)[] LauncherCommands =
    [
        ("setup", "install what is missing and build; --check only reports"),
        ("publish", "make a folder that runs without SDK, network or root"),
        ("test [FILTER]", "run the tests"),
    ];

    /// <summary>Ends with a line break.</summary>
    public static string For(Command command) => command is RootCommand root ? ForRoot(root) : ForCommand(command);

    private static string ForRoot(RootCommand root)
    {
        var text = new StringBuilder();
        text.Append("mor ").Append(root.Description).Append("\n\n");
        text.Append("Usage: mor COMMAND [options]\n\n");
        text.Append("Commands:\n");
        Columns(text, root.Subcommands.Select(command => (Synopsis(command), command.Description ?? ""))
            .Concat(LauncherCommands));
        text.Append("\nOptions:\n");
        Columns(text, root.Options.Select(option => (Label(option), option.Description ?? "")));
        text.Append("\nBegin with 'mor train' (trains the demo) or 'mor doctor' (checks this machine).\n\n");
        text.Append(ExitCodes).Append("\n\n");
        return text.Append(Documentation).Append('\n').ToString();
    }

    private static string ForCommand(Command command)
    {
        var text = new StringBuilder();
        text.Append("mor ").Append(command.Name).Append(": ").Append(command.Description).Append("\n\n");
        text.Append("Usage: mor ").Append(Synopsis(command));
        text.Append(command.Options.Count > 0 ? " [options]\n\n" : "\n\n");
        var arguments = command.Arguments.Select(argument => (argument.Name, argument.Description ?? ""));
        var options = UsageProblems.OptionsOf(command).Select(option => (Label(option), option.Description ?? ""));
        Columns(text, arguments.Concat(options));
        return text.ToString();
    }

    private static string Synopsis(Command command) =>
        string.Join(' ', command.Arguments.Select(argument => $"[{argument.Name}]").Prepend(command.Name));

    private static string Label(Option option)
    {
        var names = option.Aliases.Where(alias => alias == "-h").Prepend(option.Name);
        return string.Join(", ", names) + (option.HelpName is null ? "" : " " + option.HelpName);
    }

    private static void Columns(StringBuilder text, IEnumerable<(string Label, string Description)> rows)
    {
        var lines = rows.ToArray();
        var width = lines.Max(line => line.Label.Length);
        foreach (var (label, description) in lines)
        {
            text.Append("  ").Append(label.PadRight(width)).Append("  ").Append(description).Append('\n');
        }
    }
}
