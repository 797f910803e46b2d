using System.CommandLine;
using MoR.Cluster.Errors;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments that say which nodes take part in a run.</summary>
internal sealed class ClusterArguments
{
    private const long MostNodes = 1024;

    private readonly ValueOption<long?> _nodes = OptionKinds.Whole(
        "--nodes", "N", 0, 64, "start N nodes on this machine (0: all in this process, default)");

    private readonly ValueOption<string?> _role = NodeRoles.Option(
        "what they do: hold experts, train micro-batches on own backbones, or both (default: as planned)");

    private readonly ValueOption<string?> _listen = OptionKinds.Address("--listen", "listen for nodes of other machines", listens: true);

    private readonly ValueOption<long?> _expect = OptionKinds.Whole(
        "--expect", "N", 1, MostNodes, "nodes to wait for before the first step");

    private readonly ValueOption<string?> _token = OptionKinds.TokenFile();
    private readonly ValueOption<string?> _tls = OptionKinds.Tls();
    private readonly Option<bool> _insecure = OptionKinds.Flag("--insecure", "listen beyond this machine without TLS");

    private readonly Option<bool> _others = OptionKinds.Flag(
        "--admit-other-machines", "take nodes that give other bits; equal adapters are not promised then");

    /// <summary>The options, to be added to a command.</summary>
    public Option[] Options => [_nodes, _role, _listen, _expect, _token, _tls, _insecure, _others];

    /// <summary>The nodes that are wanted; null for none.</summary>
    /// <exception cref="InputException">The options contradict each other.</exception>
    public ClusterPlan? Read(ParseResult parsed)
    {
        var (local, listen) = ((int)(parsed.GetValue(_nodes) ?? 0), parsed.GetValue(_listen));
        var expected = parsed.GetValue(_expect);
        if (expected is not null && listen is null)
        {
            throw new InputException("--expect", $"{expected} nodes are expected, and nothing listens", "Give --listen HOST:PORT.");
        }

        var role = parsed.GetValue(_role);
        if (role is not null && local == 0)
        {
            throw new InputException(
                "--role", $"'{role}' is for nodes that this command starts, and it starts none",
                "Give --nodes N, or give --role to 'mor expert'.");
        }

        var (tls, insecure) = (parsed.GetValue(_tls), parsed.GetValue(_insecure));
        if (tls is not null && listen is null)
        {
            throw new InputException("--tls", $"{tls} is given, and nothing listens", "Give --listen HOST:PORT.");
        }

        if (tls is not null && insecure)
        {
            throw new InputException("--insecure", $"it is given together with --tls {tls}", "Leave one of them out.");
        }

        return local == 0 && listen is null
            ? null
            : new ClusterPlan(
                local, listen, (int)(expected ?? Math.Max(local, 1)), parsed.GetValue(_token), tls, parsed.GetValue(_others),
                insecure)
            {
                LocalRoles = NodeRoles.Read(role),
                IsRoleGiven = role is not null,
            };
    }
}
