using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Tests.Disk;
using MoR.Cluster.Transport.Runtime;
using MoR.Coordinator.Certificates;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.Certificates;

[UnsupportedOSPlatform("windows")]
public sealed class CertSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _said = new();

    public void Dispose()
    {
        _folder.Dispose();
        _said.Dispose();
    }

    [Fact]
    public async Task Coordinator_and_node_meet_under_tls_with_one_token()
    {
        Make(["lab1"], ["gpu1"]);

        using var server = TlsFolder.Open(_folder["certs/coordinator"]);
        using var client = TlsFolder.Open(_folder["certs/gpu1"]);
        await using var listener = new TcpTransport(server).Listen("127.0.0.1:0");
        using var random = RandomNumberGenerator.Create();
        var connecting = Handshake("gpu1", random).ConnectAsync(new TcpTransport(client), listener.Address, CancellationToken.None);
        var incoming = await listener.AcceptAsync(CancellationToken.None);
        await using var atServer = await Handshake("coordinator", random).AcceptAsync(incoming, CancellationToken.None);
        await using var atClient = await connecting;

        Assert.True(atServer.IsProtected && atClient.IsProtected);
    }

    [Fact]
    public void Only_their_owner_can_read_what_is_secret()
    {
        Make(["lab1"], ["gpu1"]);

        var files = Directory.GetFiles(_folder["certs"], "*", SearchOption.AllDirectories);

        Assert.Equal(3 + 4 + 4, files.Length);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.All(Directory.GetDirectories(_folder["certs"]), folder => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)));
    }

    [Fact]
    public void Nothing_is_overwritten_and_a_refusal_makes_nothing()
    {
        Make(["lab1"], ["gpu1"]);
        var before = Contents();

        var error = Assert.Throws<InputException>(() => Make(["lab2"], ["gpu2"]));
        var nothing = Assert.Throws<InputException>(() => Make([], []));

        Assert.Equal(_folder["certs/coordinator"], error.Subject);
        Assert.Contains("it is there already, and nothing is overwritten", error.Message, StringComparison.Ordinal);
        Assert.Contains("it has an authority already", nothing.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void A_node_can_be_added_later_by_the_same_authority_with_the_same_token()
    {
        Make(["lab1"], []);
        Make([], ["gpu7"]);

        using var identity = TlsFolder.Open(_folder["certs/gpu7"]);
        Assert.Equal(File.ReadAllText(_folder["certs/authority/ca.crt"]), File.ReadAllText(_folder["certs/gpu7/ca.crt"]));
        Assert.Equal(File.ReadAllText(_folder["certs/authority/join-token"]), File.ReadAllText(_folder["certs/gpu7/join-token"]));
        Assert.False(File.Exists(_folder["certs/gpu7/ca.key"]));
    }

    [Fact]
    public void A_nodes_certificate_cannot_be_listened_with()
    {
        Make([], ["gpu1"]);
        using var identity = TlsFolder.Open(_folder["certs/gpu1"]);

        var error = Assert.Throws<InputException>(() => new TcpTransport(identity).Listen("127.0.0.1:0"));

        Assert.Contains("the certificate 'CN=gpu1' is of a node, and a coordinator's is needed to listen", error.Message);
    }

    [Fact]
    public void The_coordinator_answers_for_its_hosts_and_this_machine_and_the_authority_signs_nothing_further()
    {
        Make(["lab1", "10.0.0.7"], []);
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(_folder["certs/coordinator/tls.crt"]));
        using var authority = X509Certificate2.CreateFromPem(File.ReadAllText(_folder["certs/authority/ca.crt"]));

        Assert.All(
            (string[])["lab1", "10.0.0.7", "localhost", "127.0.0.1", "::1"],
            host => Assert.True(certificate.MatchesHostname(host), host));
        Assert.False(certificate.MatchesHostname("lab2"));
        var constraints = authority.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 });
        Assert.False(certificate.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    [Fact]
    public void A_certificate_that_has_ended_and_one_of_another_authority_are_refused_before_anybody_connects()
    {
        Make([], ["gpu1"]);
        Make([], ["gpu1"], "other");
        Make([], ["old"], "past", new FixedTime(DateTimeOffset.UnixEpoch.AddYears(50)));
        File.Copy(_folder["other/authority/ca.crt"], _folder["certs/gpu1/ca.crt"], overwrite: true);

        var foreign = Assert.Throws<InputException>(() => TlsFolder.Open(_folder["certs/gpu1"]));
        var ended = Assert.Throws<InputException>(() => TlsFolder.Open(_folder["past/old"]));
        var missing = Assert.Throws<InputException>(() => TlsFolder.Open(_folder["nowhere"]));

        Assert.Contains($"the certificate 'CN=gpu1' is not valid by {_folder["certs/gpu1/ca.crt"]} (", foreign.Message);
        Assert.Contains("the certificate 'CN=old' is not valid by", ended.Message);
        Assert.Contains("nowhere: there is no such folder. Give a folder with tls.crt, tls.key and ca.crt", missing.Message);
    }

    [Fact]
    public void The_commands_to_use_next_are_told_and_programs_get_the_folders()
    {
        var json = Make(["lab1"], ["gpu1", "gpu2"]);

        var said = _said.ToString();
        Assert.Contains($" train --listen 0.0.0.0:7070 --expect 2 --tls {_folder["certs/coordinator"]}\n", said);
        Assert.Contains($"  scp -r {_folder["certs/gpu1"]} gpu1:mor-tls\n", said);
        Assert.Contains("  on gpu2: ./mor expert --coordinator lab1:7070 --name gpu2 --tls mor-tls\n", said);
        Assert.Equal(_folder["certs/authority/join-token"], (string?)json["token_file"]);
        Assert.Equal(_folder["certs/gpu2"], (string?)json["nodes"]![1]!["folder"]);
        Assert.DoesNotContain(File.ReadAllText(_folder["certs/authority/join-token"]).Trim(), said + json);
    }

    [Theory]
    [InlineData("authority", "'authority' is the name of a folder that is not a node's")]
    [InlineData("coordinator", "'coordinator' is the name of a folder that is not a node's")]
    [InlineData("gpu1 gpu1", "'gpu1' is given 2 times")]
    public void Names_that_cannot_be_folders_of_nodes_are_refused(string nodes, string problem)
    {
        var error = Assert.Throws<InputException>(() => Make([], nodes.Split(' ')));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Location));
    }

    private JsonObject Make(string[] hosts, string[] nodes, string folder = "certs", TimeProvider? time = null)
    {
        using var random = RandomNumberGenerator.Create();
        var options = new CertOptions { Folder = _folder[folder], Hosts = hosts, Nodes = nodes, Days = 30 };
        var terminal = new Terminal(_said, null, new TerminalTraits(false, 80), TimeProvider.System);
        return new CertSession(options, terminal, new PhysicalDisk(), time ?? TimeProvider.System, random).Run().Json;
    }

    private Handshake Handshake(string folder, RandomNumberGenerator random) =>
        new(JoinToken.FromFile(new PhysicalDisk(), _folder[$"certs/{folder}/join-token"]), random, TimeProvider.System);

    private string[] Contents() =>
        [.. Directory.GetFiles(_folder.Location, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
