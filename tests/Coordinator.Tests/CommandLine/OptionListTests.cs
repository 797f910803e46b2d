using System.CommandLine;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class OptionListTests
{
    /// <summary>Scripts depend on these: adding is fine, renaming or removing is a breaking change.</summary>
    private const string Frozen =
        """
        mor --json
        mor --debug
        mor --help|-?|-h
        mor --version
        mor train [RECIPE]
        mor train --set KEY=VALUE ...
        mor train --steps N
        mor train --stop-after N
        mor train --output DIR
        mor train --resume DIR
        mor train --dry-run
        mor train --list
        mor train --no-eval
        mor train --device DEVICE
        mor pretrain [RECIPE]
        mor pretrain --set KEY=VALUE ...
        mor pretrain --steps N
        mor pretrain --stop-after N
        mor pretrain --output DIR
        mor pretrain --resume DIR
        mor pretrain --dry-run
        mor pretrain --list
        mor pretrain --device DEVICE
        mor compare [PLAN]
        mor compare --set KEY=VALUE ...
        mor compare --output DIR
        mor compare --dry-run
        mor compare --device DEVICE
        mor evaluate [RUN]
        mor evaluate --task NAME ...
        mor evaluate --backbone DIR
        mor evaluate --adapter DIR
        mor evaluate --data DIR
        mor evaluate --text FILE
        mor evaluate --ids FILE
        mor evaluate --length-normalisation X
        mor evaluate --max-items N
        mor evaluate --dtype TYPE
        mor evaluate --threads N
        mor evaluate --device DEVICE
        mor generate [RUN]
        mor generate --prompt TEXT
        mor generate --chat
        mor generate --system TEXT
        mor generate --backbone DIR
        mor generate --adapter DIR
        mor generate --max-tokens N
        mor generate --temperature T
        mor generate --top-p P
        mor generate --seed S
        mor generate --dtype TYPE
        mor generate --threads N
        mor generate --device DEVICE
        mor export [RUN]
        mor export --output DIR
        mor export --step N
        mor export --base-model NAME
        mor import [FOLDER]
        mor import --backbone DIR
        mor import --output DIR
        mor bench [NAME]
        mor bench --list
        mor bench --shape NAME
        mor bench --rounds N
        mor bench --threads N
        mor bench --python FILE
        mor doctor
        """;

    [Fact]
    public void The_command_line_is_what_scripts_depend_on()
    {
        var root = new CommandTree().Root;
        var lines = root.Options.Select(option => "mor " + Describe(option))
            .Concat(root.Subcommands.SelectMany(Describe));

        Assert.Equal(Frozen, string.Join('\n', lines));
    }

    [Fact]
    public void Every_command_and_option_has_a_description_of_one_line()
    {
        var root = new CommandTree().Root;
        var symbols = root.Subcommands.SelectMany(command => command.Children).Concat(root.Children);

        Assert.All(symbols, symbol => Assert.Matches("^[^\n]{5,100}$", symbol.Description));
    }

    private static IEnumerable<string> Describe(Command command)
    {
        var lines = command.Arguments.Select(argument => $"mor {command.Name} [{argument.Name}]")
            .Concat(command.Options.Select(option => $"mor {command.Name} {Describe(option)}"))
            .ToArray();
        return lines.Length > 0 ? lines : ["mor " + command.Name];
    }

    private static string Describe(Option option)
    {
        var names = string.Join('|', option.Aliases.Order(StringComparer.Ordinal).Prepend(option.Name));
        var value = option.HelpName is null ? "" : " " + option.HelpName;
        return names + value + (option is ListOption ? " ..." : "");
    }
}
