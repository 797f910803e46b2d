using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Tests.Core;

public sealed class NodeLimitsTests
{
    [Theory]
    [InlineData(1600)]
    [InlineData(48_000)]
    [InlineData(8L << 30)]
    [InlineData(200L << 30)]
    public void All_that_a_node_may_hold_at_once_fits_into_its_memory(long memory)
    {
        var limits = NodeLimits.Of(memory);

        var most = (2 * limits.ShardBytes) + limits.KeptBytes + (4 * limits.RequestBytes);
        Assert.InRange(most, memory - 1, memory);
        Assert.InRange(limits.RequestBytes, 1, 1L << 30);
        Assert.True(limits.ShardBytes >= memory / 4);
        Assert.Equal(memory / 4, limits.KeptBytes);
    }
}
