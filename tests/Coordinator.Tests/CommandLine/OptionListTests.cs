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
        mor train --nodes N
        mor train --role ROLES
        mor train --listen HOST:PORT
        mor train --expect N
        mor train --token-file FILE
        mor train --tls DIR
        mor train --insecure
        mor train --admit-other-machines
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
        mor expert --coordinator HOST:PORT
        mor expert --name NAME
        mor expert --role ROLES
        mor expert --backbone DIR
        mor expert --device DEVICE
        mor expert --threads N
        mor expert --memory-gib X
        mor expert --token-file FILE
        mor expert --tls DIR
        mor expert --retry-seconds N
        mor expert --until-eof
        mor cert [DIR]
        mor cert --coordinator HOST ...
        mor cert --node NAME ...
        mor cert --days N
        mor status [RUN]
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
        mor plan [RECIPE]
        mor plan --set KEY=VALUE ...
        mor plan --backbone DIR
        mor plan --tokens-per-sequence N
        mor plan --nodes N
        mor plan --local
        mor plan --measure
        mor plan --device-tflops X
        mor plan --memory-gbytes-per-second X
        mor plan --device-memory-gib X
        mor plan --link-gbits-per-second X
        mor plan --latency-ms X
        mor simulate [SCENARIO]
        mor simulate --seeds A..B
        mor simulate --depth DEPTH
        mor simulate --cost
        mor bench [NAME]
        mor bench --list
        mor bench --shape NAME
        mor bench --rounds N
        mor bench --threads N
        mor bench --device DEVICE
        mor bench --python FILE
        mor bench --peer
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
