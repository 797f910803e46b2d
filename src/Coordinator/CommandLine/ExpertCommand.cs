using System.CommandLine;
using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor expert</c>.</summary>
public sealed class ExpertCommand
{
    private const long DefaultRetry = 60;
    private const double MostGib = 1 << 20;
    private readonly ValueOption<string?> _coordinator = OptionKinds.Address(
        "--coordinator", "where 'mor train --listen' listens", listens: false);
    private readonly ValueOption<string?> _name = OptionKinds.Name("--name", "how it is called in messages (default: the machine's name)");
    private readonly ValueOption<string?> _role = NodeRoles.Option(
        "hold experts (default), train whole micro-batches on a backbone, or both");

    private readonly ValueOption<string?> _backbone = OptionKinds.Folder(
        "--backbone", "a worker's backbone (default: where the coordinator has its own)");

    private readonly ValueOption<string?> _device = OptionKinds.Device();
    private readonly ValueOption<long?> _threads = OptionKinds.Threads();
    private readonly ValueOption<double?> _memory = OptionKinds.Real(
        "--memory-gib", "X", 0, MostGib, isOpen: true, "memory for shards and requests, in GiB (default: what the device has free)");

    private readonly ValueOption<string?> _token = OptionKinds.TokenFile();
    private readonly ValueOption<string?> _tls = OptionKinds.Tls();

    private readonly ValueOption<long?> _retry = OptionKinds.Whole(
        "--retry-seconds", "N", 0, 86_400, "how long a coordinator that is lost is looked for (default: 60)");

    private readonly Option<bool> _untilEof = OptionKinds.Flag("--until-eof", "end when standard input ends");

    public ExpertCommand()
    {
        foreach (Option option in (Option[])
            [_coordinator, _name, _role, _backbone, _device, _threads, _memory, _token, _tls, _retry, _untilEof])
        {
            Command.Add(option);
        }
    }

    public Command Command { get; } = new("expert", "work for a coordinator on this machine");

    /// <summary>The options.</summary>
    /// <exception cref="InputException">The coordinator is missing.</exception>
    public ExpertOptions Read(ParseResult parsed)
    {
        var (roles, backbone) = (NodeRoles.Read(parsed.GetValue(_role)), parsed.GetValue(_backbone));
        return backbone is null || roles.Contains(Role.Worker)
            ? Read(parsed, roles, backbone)
            : throw new InputException(
                "--backbone", $"{backbone} is given, and an expert has no use for a backbone", "Give --role worker, or leave it out.");
    }

    private ExpertOptions Read(ParseResult parsed, IReadOnlyList<Role> roles, string? backbone) => new()
    {
        Coordinator = parsed.GetValue(_coordinator)
            ?? throw new InputException("--coordinator", "it is not given", "Give the HOST:PORT that 'mor train --listen' printed."),
        Name = parsed.GetValue(_name),
        Roles = roles,
        Backbone = backbone,
        Device = parsed.GetValue(_device) ?? "cpu",
        Threads = (int?)parsed.GetValue(_threads),
        MemoryGib = parsed.GetValue(_memory),
        TokenFile = parsed.GetValue(_token),
        TlsFolder = parsed.GetValue(_tls),
        RetrySeconds = (int)(parsed.GetValue(_retry) ?? DefaultRetry),
        UntilEndOfInput = parsed.GetValue(_untilEof),
    };
}
