using MoR.Cluster.Errors;

namespace MoR.Cluster.Tests.Errors;

public sealed class OneLineTests
{
    [Theory]
    [InlineData("out of memory", "out of memory")]
    [InlineData("a\nb\r\u001b[2J\u0085c\u2028", "a b  [2J c ")]
    public void A_text_of_a_peer_stays_on_its_line(string text, string shown) => Assert.Equal(shown, OneLine.Of(text));

    [Fact]
    public void It_does_not_fill_the_log() => Assert.InRange(OneLine.Of(new string('a', 1 << 20)).Length, 1, 1001);
}
