using System.Security.Cryptography;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Tests.Disk;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class ClusterAccessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string?> _opened = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("127.0.0.1:7070", "127.0.0.1:7070")]
    [InlineData("0.0.0.0:7070", "127.0.0.1:7070")]
    [InlineData("[::]:7070", "[::1]:7070")]
    [InlineData("10.0.0.7:7070", "10.0.0.7:7070")]
    [InlineData("lab1:7070", "lab1:7070")]
    public void Nodes_of_this_machine_connect_to_an_address_that_there_is(string listening, string connect) =>
        Assert.Equal(connect, ClusterAccess.LocalAddressOf(listening));

    [Fact]
    public void Nodes_that_are_started_here_alone_get_a_token_that_nobody_else_knows()
    {
        var access = Open(Plan(listen: null));

        Assert.Equal("127.0.0.1:0", access.Address);
        Assert.NotNull(access.Token);
        Assert.Equal(64, access.Local.Token!.Length);
        Assert.Equal([null], _opened);
    }

    [Fact]
    public void Beyond_this_machine_a_token_is_needed()
    {
        var error = Assert.Throws<InputException>(() => Open(Plan("0.0.0.0:7070")));

        Assert.StartsWith("--listen: 0.0.0.0:7070 is beyond this machine, and there is no join token. Give --token-file", error.Message);
        Assert.Empty(_opened);
    }

    [Fact]
    public void Beyond_this_machine_tls_is_wanted_and_without_it_the_risk_is_said()
    {
        File.WriteAllText(_folder["token"], "a secret of the tests\n");

        var error = Assert.Throws<InputException>(() => Open(Plan("10.0.0.7:7070", _folder["token"])));
        var insecure = Open(Plan("10.0.0.7:7070", _folder["token"], insecure: true));

        Assert.StartsWith(
            "--listen: 10.0.0.7:7070 can be reached from other machines, and nothing encrypts the links. Give --tls DIR", error.Message);
        Assert.StartsWith("--insecure: whoever is on the network of 10.0.0.7:7070 can read and change", insecure.Warning);
    }

    [Fact]
    public void The_folder_of_the_certificates_may_hold_the_token()
    {
        File.WriteAllText(_folder["join-token"], "a secret of the tests\n");

        var access = Open(Plan("0.0.0.0:7070", tls: _folder.Location));

        Assert.NotNull(access.Token);
        Assert.Null(access.Warning);
        Assert.Equal([_folder.Location], _opened);
    }

    private static ClusterPlan Plan(string? listen, string? token = null, string? tls = null, bool insecure = false) =>
        new(Local: 1, listen, Expect: 1, token, tls, AdmitOtherMachines: false, insecure);

    private ClusterAccess Open(ClusterPlan plan)
    {
        using var random = RandomNumberGenerator.Create();
        return ClusterAccess.Open(plan, new ClusterSurroundings(Network, new NoNodes(), random), new PhysicalDisk());

        MemoryTransport Network(string? tls)
        {
            _opened.Add(tls);
            return new MemoryTransport();
        }
    }

    private sealed class NoNodes : INodeStarter
    {
        public ILocalNode Start(LocalNodeOrder order, Action<string> line) =>
            throw new NotSupportedException("no node is to be started");
    }
}
