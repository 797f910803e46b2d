using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class NearestKeyTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("", "ab", 2)]
    [InlineData("abcd", "acbd", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void Distance_counts_edits_and_swaps(string a, string b, int distance) =>
        Assert.Equal(distance, NearestKey.Distance(a, b));

    [Theory]
    [InlineData("router.topk", "router.top_k")]
    [InlineData("sub_routers", "router.sub_routers")]
    [InlineData("training.sub_routers", "router.sub_routers")]
    [InlineData("seeed", "seed")]
    public void The_nearest_key_is_found_in_other_groups_too(string typed, string nearest) =>
        Assert.Equal(nearest, NearestKey.Find(typed, ["seed", "router.top_k", "router.sub_routers", "training.steps"]));

    [Fact]
    public void Nothing_is_near_to_nothing() => Assert.Null(NearestKey.Find("x", []));
}
