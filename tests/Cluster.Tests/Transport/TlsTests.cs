using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Disk;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport;
using MoR.Cluster.Transport.Runtime;

namespace MoR.Cluster.Tests.Transport;

public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Messages_pass_under_tls_without_checksums()
    {
        using var server = _authority.Identity("coordinator");
        using var client = _authority.Identity("node");
        var (outgoing, incoming) = await MeetAsync(server, client);
        Assert.True(outgoing.IsProtected && incoming.IsProtected);
        Assert.Equal(SslProtocols.Tls13, ((SslStream)incoming.Stream).SslProtocol);
        await using var node = new Link(outgoing, "coordinator", new LinkOptions(), ArrayTensor.Memory, TimeProvider.System);
        await using var coordinator = new Link(incoming, "node", new LinkOptions(), ArrayTensor.Memory, TimeProvider.System);
        _ = Task.WhenAll(node.RunAsync(), coordinator.RunAsync());

        using var sent = Messages.Make(3, 500_000, 0, 1);
        var sending = node.SendAsync(sent, SendPriority.Critical);
        using var received = await coordinator.ReceiveAsync(CancellationToken.None);
        await sending;

        received.AssertIs(3, 500_000, 0, 1);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused_by_name()
    {
        using var server = _stranger.Identity("coordinator", trusted: _authority);
        using var client = _authority.Identity("node");

        var refusal = await Assert.ThrowsAsync<LinkException>(() => MeetAsync(server, client));

        Assert.Matches(
            $"^127.0.0.1:\\d+: TLS was not agreed on: the certificate 'CN=coordinator' is not valid by {_authority.File_} \\(.+\\)\\.$",
            refusal.Message);
    }

    [Fact]
    public async Task A_node_of_another_authority_is_refused_by_name()
    {
        using var server = _authority.Identity("coordinator");
        using var client = _stranger.Identity("node", trusted: _authority);

        var refusal = await RefusalAtServerAsync(server, client);

        Assert.Contains($"the certificate 'CN=node' is not valid by {_authority.File_}", refusal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_certificate_has_ended_is_refused_by_name()
    {
        using var server = _authority.Identity("coordinator");
        using var client = _authority.Identity("node", end: new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var refusal = await RefusalAtServerAsync(server, client);

        Assert.Contains("the certificate 'CN=node' is not valid by", refusal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_for_another_host_is_refused_by_name()
    {
        using var server = _authority.Identity("coordinator", address: IPAddress.Parse("10.0.0.7"));
        using var client = _authority.Identity("node");

        var refusal = await Assert.ThrowsAsync<LinkException>(() => MeetAsync(server, client));

        Assert.EndsWith("TLS was not agreed on: the certificate 'CN=coordinator' is not for '127.0.0.1'", refusal.Problem);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused_by_name()
    {
        using var server = _authority.Identity("coordinator");
        await using var listener = new TcpTransport(server).Listen("127.0.0.1:0");
        await using var bare = await new TcpTransport().ConnectAsync(listener.Address, CancellationToken.None);
        await using var tls = new SslStream(bare.Stream);
        var incoming = await listener.AcceptAsync(CancellationToken.None);
        var opening = incoming.OpenAsync(CancellationToken.None);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate != null,
        });

        var refusal = await Assert.ThrowsAsync<LinkException>(() => opening);

        Assert.Equal("TLS was not agreed on: the other end presents no certificate", refusal.Problem);
    }

    [Fact]
    public async Task Tls_at_one_end_only_is_named()
    {
        using var identity = _authority.Identity("coordinator");
        await using var listener = new TcpTransport().Listen("127.0.0.1:0");
        var handshake = new Handshake(token: null, new SeededRandom(1), TimeProvider.System);
        var connecting = handshake.ConnectAsync(new TcpTransport(identity), listener.Address, CancellationToken.None);
        var incoming = await listener.AcceptAsync(CancellationToken.None);

        var atServer = await Assert.ThrowsAsync<LinkException>(() => handshake.AcceptAsync(incoming, CancellationToken.None));
        var atClient = await Assert.ThrowsAsync<LinkException>(() => connecting);

        Assert.Equal("speaks TLS, and this end does not; give certificates to both ends or to none", atServer.Problem);
        Assert.StartsWith("TLS was not agreed on: ", atClient.Problem);
    }

    [Fact]
    public void Files_that_are_not_what_they_should_be_are_named()
    {
        using var folder = new TemporaryFolder();
        var (certificate, key) = _authority.Issue("node");
        var (_, otherKey) = _authority.Issue("other");
        File.WriteAllText(folder["empty"], "");

        Assert.Equal(folder["gone"], ErrorOf(folder["gone"], key, _authority.File_).Subject);
        Assert.Equal(folder["gone"], ErrorOf(certificate, folder["gone"], _authority.File_).Subject);
        Assert.Equal(folder["gone"], ErrorOf(certificate, key, folder["gone"]).Subject);
        Assert.Equal($"{folder["empty"]}: holds no certificate. Give the authority's certificate as a PEM file; 'mor cert DIR' makes one.",
            ErrorOf(certificate, key, folder["empty"]).Message);
        Assert.Equal($"{certificate} and {otherKey}", ErrorOf(certificate, otherKey, _authority.File_).Subject);
        Assert.Equal($"{folder["empty"]} and {key}", ErrorOf(folder["empty"], key, _authority.File_).Subject);

        static InputException ErrorOf(string certificate, string key, string authority) =>
            Assert.Throws<InputException>(() => new TlsIdentity(certificate, key, authority));
    }

    private static async Task<LinkException> RefusalAtServerAsync(TlsIdentity server, TlsIdentity client)
    {
        await using var listener = new TcpTransport(server).Listen("127.0.0.1:0");
        var connecting = new TcpTransport(client).ConnectAsync(listener.Address, CancellationToken.None);
        var incoming = await listener.AcceptAsync(CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<LinkException>(() => incoming.OpenAsync(CancellationToken.None));
        // In TLS 1.3 a client hears only afterwards that its certificate was refused.
        await using var connection = await connecting;
        return refusal;
    }

    private static async Task<(Connection Outgoing, Connection Incoming)> MeetAsync(TlsIdentity server, TlsIdentity client)
    {
        await using var listener = new TcpTransport(server).Listen("127.0.0.1:0");
        var connecting = new TcpTransport(client).ConnectAsync(listener.Address, CancellationToken.None);
        var incoming = await listener.AcceptAsync(CancellationToken.None);
        var opening = incoming.OpenAsync(CancellationToken.None);
        var outgoing = await connecting;
        return (outgoing, await opening);
    }
}
