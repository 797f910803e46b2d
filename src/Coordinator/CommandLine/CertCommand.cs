using System.CommandLine;
using System.Net;
using MoR.Cluster.Errors;
using MoR.Cluster.Membership;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor cert</c>.</summary>
public sealed class CertCommand
{
    private const long DefaultDays = 730;
    private const long MostDays = 3650;
    private readonly Argument<string?> _folder = new("DIR")
    {
        Description = "folder of the authority, made if there is none in it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ListOption _hosts = new(
        "--coordinator", "HOST", "make the coordinator's, for a name or address that nodes reach it by (repeatable)",
        "a host name or an IP address, such as lab1 or 10.0.0.7", IsHost);

    private readonly ListOption _nodes = new(
        "--node", "NAME", "make a node's (repeatable)",
        "1 to 64 letters, digits, dots, dashes or underscores", Node.IsName);

    private readonly ValueOption<long?> _days = OptionKinds.Whole(
        "--days", "N", 1, MostDays, $"how long certificates are valid (default: {DefaultDays})");

    public CertCommand()
    {
        Command.Add(_folder);
        Command.Add(_hosts);
        Command.Add(_nodes);
        Command.Add(_days);
    }

    public Command Command { get; } = new("cert", "make a private authority, its certificates and a join token");

    /// <summary>The options.</summary>
    /// <exception cref="InputException">There is no folder.</exception>
    public CertOptions Read(ParseResult parsed) => new()
    {
        Folder = parsed.GetValue(_folder)
            ?? throw new InputException(
                "DIR", "no folder is given", "Write 'mor cert DIR', such as 'mor cert certs --coordinator lab1 --node gpu1'."),
        Hosts = parsed.GetValue(_hosts) ?? [],
        Nodes = parsed.GetValue(_nodes) ?? [],
        Days = (int)(parsed.GetValue(_days) ?? DefaultDays),
    };

    /// <summary>An IP address, or a DNS name; the first label may be a wildcard.</summary>
    private static bool IsHost(string text) => IPAddress.TryParse(text, out _)
        || (text.Length is >= 1 and <= 253
            && (text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text).Split('.').All(label =>
                label.Length is >= 1 and <= 63
                && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                && label[0] != '-' && label[^1] != '-'));
}
