using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Transport.Runtime;
using MoR.Coordinator.Certificates.Runtime;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Certificates;

/// <summary><c>mor cert</c>: a private authority with a join token, and a folder for each process of a run that
/// <c>--tls</c> takes as it is.</summary>
internal sealed class CertSession(
    CertOptions options, ITerminal terminal, IDisk disk, TimeProvider time, RandomNumberGenerator random)
{
    private const string AuthorityFolder = "authority";
    private const string CoordinatorFolder = "coordinator";
    private const string AuthorityKeyName = "ca.key";
    private const string ExamplePort = "7070";

    // Nodes of the coordinator's own machine connect to one of these.
    private static readonly string[] ThisMachine = ["localhost", "127.0.0.1", "::1"];

    private readonly string _root = Path.GetFullPath(options.Folder);

    /// <summary>Runs the command.</summary>
    public CommandOutcome Run()
    {
        Check();
        var (authority, token) = OpenAuthority();
        using (authority)
        {
            var hosts = options.Hosts.Concat(ThisMachine).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
            var coordinator = options.Hosts.Count > 0 ? Issue(authority, token, CoordinatorFolder, hosts) : null;
            var nodes = options.Nodes.Select(name => Issue(authority, token, name, [])).ToArray();
            Propose();
            return CommandOutcome.Done(new JsonObject
            {
                ["authority"] = PathOf(AuthorityFolder),
                ["token_file"] = Path.Combine(PathOf(AuthorityFolder), TlsFolder.TokenName),
                ["coordinator"] = coordinator,
                ["nodes"] = new JsonArray(nodes),
            });
        }
    }

    private bool HasAuthority => disk.FileExists(Path.Combine(PathOf(AuthorityFolder), AuthorityKeyName));

    /// <summary>Everything is checked before anything is made.</summary>
    private void Check()
    {
        if (options.Nodes.FirstOrDefault(name => name is AuthorityFolder or CoordinatorFolder) is { } taken)
        {
            throw new InputException("--node", $"'{taken}' is the name of a folder that is not a node's", "Give another name.");
        }

        if (options.Nodes.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InputException("--node", $"'{twice.Key}' is given {twice.Count()} times", "Give each node once.");
        }

        if (HasAuthority && options is { Hosts.Count: 0, Nodes.Count: 0 })
        {
            throw new InputException(
                _root, "it has an authority already, and nothing else is to be made", "Give --coordinator HOST or --node NAME.");
        }

        IEnumerable<string> folders = [.. options.Nodes, .. options.Hosts.Count > 0 ? [CoordinatorFolder] : Array.Empty<string>()];
        foreach (var folder in HasAuthority ? folders : folders.Prepend(AuthorityFolder))
        {
            PrivateFolder.RequireFree(PathOf(folder));
        }
    }

    private (PrivateAuthority Authority, string Token) OpenAuthority()
    {
        var folder = PathOf(AuthorityFolder);
        if (HasAuthority)
        {
            return (PrivateAuthority.Read(Text(TlsFolder.AuthorityName), Text(AuthorityKeyName), folder), Text(TlsFolder.TokenName));
        }

        var (made, token) = (PrivateAuthority.Make(time.GetUtcNow()), JoinToken.Generate(random) + "\n");
        PrivateFolder.Create(folder,
        [
            (TlsFolder.AuthorityName, made.CertificatePem), (AuthorityKeyName, made.KeyPem), (TlsFolder.TokenName, token),
        ]);
        terminal.Line($"authority: {folder}; keep it from others, whoever has its files can join and let join");
        return (made, token);

        string Text(string name) => Encoding.UTF8.GetString(disk.ReadAllBytes(Path.Combine(folder, name)));
    }

    private JsonNode Issue(PrivateAuthority authority, string token, string name, string[] hosts)
    {
        var issued = authority.Issue(name, hosts, time.GetUtcNow(), TimeSpan.FromDays(options.Days));
        var folder = PathOf(name);
        PrivateFolder.Create(folder,
        [
            (TlsFolder.CertificateName, issued.CertificatePem), (TlsFolder.KeyName, issued.KeyPem),
            (TlsFolder.AuthorityName, authority.CertificatePem), (TlsFolder.TokenName, token),
        ]);
        var kind = hosts.Length > 0 ? $"coordinator of {string.Join(", ", hosts)}" : $"node {name}";
        terminal.Line($"{kind}: {folder}, until {issued.End:yyyy-MM-dd}");
        return new JsonObject
        {
            ["name"] = name,
            ["folder"] = folder,
            ["hosts"] = new JsonArray([.. hosts.Select(host => (JsonNode)host)]),
            ["valid_until"] = issued.End.ToString("yyyy-MM-dd"),
        };
    }

    private void Propose()
    {
        terminal.Line("next:");
        var mor = LauncherCall.Mor;
        var isForOthers = options.Hosts.Count == 0 || options.Hosts.Any(IsReachable);
        if (options is { Hosts.Count: 0, Nodes.Count: 0 })
        {
            terminal.Line($"  {mor} cert {LauncherCall.Word(options.Folder)} --coordinator HOST --node NAME");
            return;
        }

        if (options.Hosts.Count > 0)
        {
            var folder = LauncherCall.Word(Path.Combine(options.Folder, CoordinatorFolder));
            var expect = options.Nodes.Count > 0 ? $" --expect {options.Nodes.Count}" : "";
            terminal.Line($"  {mor} train --listen {(isForOthers ? "0.0.0.0" : "127.0.0.1")}:{ExamplePort}{expect} --tls {folder}");
        }

        var host = options.Hosts.Count == 0 ? "HOST" : options.Hosts.FirstOrDefault(IsReachable) ?? options.Hosts[0];
        var address = host.Contains(':') ? $"[{host}]:{ExamplePort}" : $"{host}:{ExamplePort}";
        foreach (var node in options.Nodes)
        {
            var folder = LauncherCall.Word(Path.Combine(options.Folder, node));
            if (!isForOthers)
            {
                terminal.Line($"  {mor} expert --coordinator {address} --name {node} --tls {folder}");
                continue;
            }

            terminal.Line($"  scp -r {folder} {node}:mor-tls");
            terminal.Line($"  on {node}: ./mor expert --coordinator {address} --name {node} --tls mor-tls");
        }
    }

    /// <summary>Whether a host's name says something to other machines.</summary>
    private static bool IsReachable(string host) => !ThisMachine.Contains(host, StringComparer.OrdinalIgnoreCase);

    private string PathOf(string name) => Path.Combine(_root, name);
}
