using System.CommandLine;
using System.CommandLine.Parsing;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.CommandLine;

/// <summary>Says what is wrong with the arguments: where, which value, what is allowed, what to do.</summary>
internal static class UsageProblems
{
    /// <summary>Further than this from every known name, a suggestion would only confuse.</summary>
    private const int MostEdits = 3;

    /// <summary>The first problem; null when the arguments can be read.</summary>
    public static InputException? First(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;

        // The parser takes an unknown option for an argument as long as there is room for one.
        var arguments = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value);
        if (arguments.Concat(parsed.UnmatchedTokens).FirstOrDefault(LooksLikeOption) is { } option)
        {
            return UnknownOption(option, command);
        }

        // A second argument makes both an error and an unmatched text; the text says more.
        if (parsed.UnmatchedTokens is [var first, ..])
        {
            return command is RootCommand ? UnknownCommand(first, command) : UnexpectedArgument(first, command);
        }

        if (command is RootCommand)
        {
            return new InputException("mor", "no command is given", $"Write {Listed(command)}, or see 'mor --help'.");
        }

        if (parsed.Errors is not [var error, ..])
        {
            return null;
        }

        var result = error.SymbolResult is ArgumentResult { Parent: OptionResult parent } ? parent : error.SymbolResult;
        return result is OptionResult wrong
            ? WrongOption(wrong)
            : new InputException(NameOf(command), error.Message.TrimEnd('.'), $"See '{NameOf(command)} --help'.");
    }

    /// <summary>The command as it is typed.</summary>
    public static string NameOf(Command command) => command is RootCommand ? "mor" : $"mor {command.Name}";

    /// <summary>The options that a command takes, its own and the global ones.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) =>
    [
        .. command.Options,
        .. command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive),
    ];

    private static bool LooksLikeOption(string token) =>
        token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]) && token[1] != '.';

    private static InputException UnknownOption(string token, Command command)
    {
        var typed = token.Split('=', 2)[0];
        var hint = Suggestion(typed, OptionsOf(command).Select(option => option.Name));
        return new InputException(
            Plain(typed),
            $"no such option of {NameOf(command)}",
            hint is null
                ? $"See '{NameOf(command)} --help'."
                : $"Did you mean {hint}? '{NameOf(command)} --help' lists all.");
    }

    private static InputException UnknownCommand(string token, Command root)
    {
        var hint = Suggestion(token, root.Subcommands.Select(command => command.Name));
        return new InputException(
            Plain(token),
            "no such command",
            hint is null
                ? $"Write {Listed(root)}, or see 'mor --help'."
                : $"Did you mean 'mor {hint}'? 'mor --help' lists all.");
    }

    private static InputException UnexpectedArgument(string token, Command command) => new(
        NameOf(command),
        $"{Quoted.Text(token)} is one argument too many; "
            + (command.Arguments is [var only] ? $"it takes at most one, {only.Name}" : "it takes none"),
        $"Leave it out, or put a value with spaces in quotes; see '{NameOf(command)} --help'.");

    private static InputException WrongOption(OptionResult result)
    {
        var option = result.Option;
        var described = option as IDescribedValue;
        var allowed = described?.Allowed ?? "no value";
        if (result.Tokens.Count == 0)
        {
            return new InputException(option.Name, "its value is missing", $"Give {allowed}.");
        }

        if (result.IdentifierTokenCount > 1 && option is not ListOption)
        {
            var given = string.Join(", ", result.Tokens.Select(token => Quoted.Text(token.Value)));
            return new InputException(
                option.Name, $"given {result.IdentifierTokenCount} times ({given})", "Give it once.");
        }

        var values = result.Tokens.Select(token => token.Value);
        var refused = values.First(value => described is null || !described.Accepts(value));
        return new InputException(option.Name, $"{Quoted.Text(refused)} is not allowed", $"Give {allowed}.");
    }

    private static string? Suggestion(string typed, IEnumerable<string> known)
    {
        var nearest = NearestKey.Find(typed, known);
        return nearest is not null && NearestKey.Distance(typed, nearest) <= Math.Min(MostEdits, nearest.Length / 2)
            ? nearest
            : null;
    }

    private static string Listed(Command root)
    {
        var names = root.Subcommands.Select(command => command.Name).ToArray();
        return $"'mor {string.Join("', 'mor ", names[..^1])}' or 'mor {names[^1]}'";
    }

    private static string Plain(string token) => Quoted.Text(token)[1..^1];
}
