using MoR.Cluster.Errors;
using MoR.Cluster.Transport;

namespace MoR.Cluster.Tests.Transport;

public sealed class NetworkAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("lab3.example:65535", "lab3.example", 65535)]
    [InlineData("[::1]:5005", "::1", 5005)]
    public void An_address_is_read_and_written_back(string text, string host, int port)
    {
        var address = NetworkAddress.Parse(text);

        Assert.Equal(new NetworkAddress(host, port), address);
        Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("", "it is no address")]
    [InlineData("lab3", "it is no address")]
    [InlineData(":5005", "it is no address")]
    [InlineData("::1:5005", "it is no address")]
    [InlineData("lab 3:5005", "it is no address")]
    [InlineData("lab3:", "port '' is not between 0 and 65535")]
    [InlineData("lab3:65536", "port '65536' is not between 0 and 65535")]
    [InlineData("lab3:-1", "port '-1' is not between 0 and 65535")]
    [InlineData("lab3:ssh", "port 'ssh' is not between 0 and 65535")]
    public void What_is_no_address_is_refused_by_name(string text, string problem) =>
        Assert.Equal(
            $"address '{text}': {problem}. Write HOST:PORT, such as 10.0.0.7:5005, lab3:5005 or [::1]:5005.",
            Assert.Throws<InputException>(() => NetworkAddress.Parse(text)).Message);
}
