using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Tests.Disk;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Links;

public sealed class JoinTokenTests
{
    [Fact]
    public void A_generated_token_is_read_back_from_its_file()
    {
        using var folder = new TemporaryFolder();
        var text = JoinToken.Generate(new SeededRandom(5));
        File.WriteAllText(folder["token"], text + "\n");

        var token = JoinToken.FromFile(new PhysicalDisk(), folder["token"]);

        Assert.Equal(64, text.Length);
        Assert.Equal(JoinToken.Parse(text, "test").Sign([1]), token.Sign([1]));
        Assert.NotEqual(JoinToken.Generate(new SeededRandom(6)), text);
        Assert.DoesNotContain(text, token.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15, "of 15 bytes, not between 16 and 1024")]
    [InlineData(1025, "of 1025 bytes, not between 16 and 1024")]
    [InlineData(5000, "of 1026 bytes, not between 16 and 1024")]
    public void A_token_of_another_length_is_refused_without_being_shown(int length, string problem)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["token"], new string('s', length));

        var error = Assert.Throws<InputException>(() => JoinToken.FromFile(new PhysicalDisk(), folder["token"]));

        Assert.Equal(folder["token"], error.Subject);
        Assert.EndsWith(problem, error.Problem);
        Assert.DoesNotContain("sss", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_two_lines_is_refused() =>
        Assert.EndsWith(
            "of more than one line, or with control characters",
            Assert.Throws<InputException>(() => JoinToken.Parse("0123456789abcdef\n0123456789abcdef", "test")).Problem);

    [Fact]
    public void A_variable_that_is_not_set_is_named() =>
        Assert.Equal(
            "MOR_TOKEN_OF_NO_TEST: is not set. 'mor cert DIR' writes a good one, DIR/authority/join-token; "
            + "give the same to every machine.",
            Assert.Throws<InputException>(() => JoinToken.FromEnvironment("MOR_TOKEN_OF_NO_TEST")).Message);
}
