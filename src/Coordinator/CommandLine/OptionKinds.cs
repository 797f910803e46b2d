using System.CommandLine;
using System.Globalization;
using MoR.Cluster.Membership;
using MoR.Cluster.Transport;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.CommandLine;

/// <summary>Makes the options of the commands.</summary>
internal static class OptionKinds
{
    /// <summary>As many as a recipe may say.</summary>
    public const long MostCount = 1_000_000_000;

    public static Option<bool> Flag(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    public static ValueOption<long?> Whole(
        string name, string placeholder, long least, long most, string description) =>
        new(name, placeholder, description, $"a whole number from {least} to {most}", (text, out value) =>
        {
            var isNumber = long.TryParse(
                text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            value = number;
            return isNumber && number >= least && number <= most;
        });

    /// <summary>A number from the least (or above it, when <paramref name="isOpen"/>) to the most.</summary>
    public static ValueOption<double?> Real(
        string name, string placeholder, double least, double most, bool isOpen, string description) =>
        new(
            name,
            placeholder,
            description,
            isOpen ? $"a number above {least} and at most {most}" : $"a number from {least} to {most}",
            (text, out value) =>
            {
                var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
                value = number;
                return isNumber && (isOpen ? number > least : number >= least) && number <= most;
            });

    public static ValueOption<string?> Folder(string name, string description) =>
        new(name, "DIR", description, "the path of a folder", IsPath);

    public static ValueOption<string?> File(string name, string description) =>
        new(name, "FILE", description, "the path of a file", IsPath);

    public static ValueOption<string?> Name(string name, string description) => new(
        name, "NAME", description, "1 to 64 letters, digits, dots, dashes or underscores", (text, out value) =>
        {
            value = text;
            return Node.IsName(text);
        });

    public static ValueOption<string?> Address(string name, string description, bool listens) => new(
        name, "HOST:PORT", description,
        $"a host and a port {(listens ? "from 0 (any free one)" : "from 1")} to 65535, such as 127.0.0.1:7070",
        (text, out value) =>
        {
            value = text;
            return NetworkAddress.TryParse(text) && (listens || NetworkAddress.Parse(text).Port > 0);
        });

    public static ValueOption<string?> TokenFile() => File(
        "--token-file", "join token of the run (default: MOR_JOIN_TOKEN, or the one in --tls)");

    public static ValueOption<string?> Tls() => Folder(
        "--tls", "TLS by the tls.crt, tls.key and ca.crt in DIR, as 'mor cert' makes them");

    public static ValueOption<string?> Words(
        string name, string placeholder, string description, params string[] words) =>
        new(name, placeholder, description, string.Join(", ", words[..^1]) + " or " + words[^1], (text, out value) =>
        {
            value = text;
            return words.Contains(text, StringComparer.Ordinal);
        });

    public static ValueOption<string?> Device() =>
        new("--device", "DEVICE", "cpu (default) or cuda:N", "cpu or cuda:N, such as cuda:0", (text, out value) =>
        {
            value = text;
            return text == "cpu"
                || (text.StartsWith("cuda:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index < 1024);
        });

    /// <summary>The words of <c>backbone.dtype</c>.</summary>
    public static ValueOption<string?> Dtype() => Words(
        "--dtype", "TYPE", "type of the backbone: f32, bf16 or f64 (default: the run's, or f32)", "f32", "bf16", "f64");

    public static ValueOption<long?> Threads() =>
        Whole("--threads", "N", 1, RecipeNumerics.MostThreads, "threads for mathematics (default: all processors)");

    public static ListOption Set(string description) => new(
        "--set",
        "KEY=VALUE",
        description,
        "a recipe key and its value, such as training.learning_rate=1e-3",
        text => text.IndexOf('=', StringComparison.Ordinal) > 0);

    public static Argument<string?> Run() => new("RUN")
    {
        Description = "run folder, such as runs/rte",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>An option's name in the place of a path means that the path was forgotten.</summary>
    private static bool IsPath(string text, out string? value)
    {
        value = text;
        return text.Trim().Length > 0 && !text.StartsWith("--", StringComparison.Ordinal);
    }
}
