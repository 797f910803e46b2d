using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Transport.Runtime;

namespace MoR.Cluster.Tests.Transport;

public sealed class TcpTransportTests
{
    private readonly TcpTransport _transport = new();

    [Fact]
    public async Task An_address_that_nobody_listens_on_is_named_with_the_cause()
    {
        string address;
        await using (var listener = _transport.Listen("127.0.0.1:0"))
        {
            address = listener.Address;
        }

        var error = await Assert.ThrowsAsync<LinkException>(() => _transport.ConnectAsync(address, CancellationToken.None));

        Assert.Equal($"{address}: cannot be connected to (Connection refused).", error.Message);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_by_name()
    {
        await using var listener = _transport.Listen("127.0.0.1:0");

        var error = Assert.Throws<InputException>(() => _transport.Listen(listener.Address));

        Assert.Equal($"address '{listener.Address}'", error.Subject);
        Assert.Equal("cannot be listened on (Address already in use)", error.Problem);
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("localhost:0")]
    public async Task A_connection_passes_bytes_until_one_end_closes_it(string address)
    {
        await using var listener = _transport.Listen(address);
        var accepting = listener.AcceptAsync(CancellationToken.None);
        await using var outgoing = await _transport.ConnectAsync(listener.Address, CancellationToken.None);
        await using var incoming = await (await accepting).OpenAsync(CancellationToken.None);

        await outgoing.Stream.WriteAsync(new byte[] { 1, 2, 3 });
        var bytes = new byte[3];
        await incoming.Stream.ReadExactlyAsync(bytes);
        await outgoing.DisposeAsync();

        Assert.Equal([1, 2, 3], bytes);
        Assert.Equal(0, await incoming.Stream.ReadAsync(bytes));
        Assert.False(incoming.IsProtected);
    }

    [Fact]
    public async Task A_connection_is_not_waited_for_longer_than_the_caller_wants()
    {
        using var deadline = new CancellationTokenSource();
        await deadline.CancelAsync();

        var error = await Assert.ThrowsAsync<LinkException>(() => _transport.ConnectAsync("127.0.0.1:9", deadline.Token));

        Assert.Equal("127.0.0.1:9: did not take the connection in time.", error.Message);
    }
}
