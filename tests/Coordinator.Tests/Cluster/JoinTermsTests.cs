using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class JoinTermsTests
{
    public static TheoryData<string, Action<Join>, string> Refusals() => new()
    {
        { "a node calls itself '', which is no name", join => join.Name = "", "1 to 64 letters" },
        { @"a node calls itself 'a\nb', which is no name", join => join.Name = "a\nb", "--name NAME" },
        { "n is of build '', and the coordinator of '1.2.3'", join => join.Build = "", "the same mor" },
        { "n is of build '1.2.4', and the coordinator of '1.2.3'", join => join.Build = "1.2.4", "the same mor" },
        { "n has the roles [], and a node is expert, worker or both", join => join.Roles.Clear(), "--role" },
        { "n has the roles [7], and a node is expert, worker or both", join => join.Roles[0] = (Role)7, "--role" },
        { "n takes 0 bytes of requests, 1000 of shards", join => join.RequestBytes = 0, "the same mor" },
        { "n takes 1000 bytes of requests, -1 of shards", join => join.MemoryBytes = -1, "the same mor" },
        { "NaN products per second", join => join.ProductsPerSecond = double.NaN, "the same mor" },
        {
            "n gives other bits: it is unknown, and the coordinator cpu, SkylakeX, avx512, libtorch 1.13.1, answers aaaaaaaaaaaa",
            join => join.Machine = null, "--admit-other-machines"
        },
        {
            "n gives other bits: it is cpu, SkylakeX, avx512, libtorch 1.13.1, answers bbb, and the coordinator cpu",
            join => join.Machine.AnswersSha256 = "bbb", "--admit-other-machines"
        },
        { "n gives other bits: it is cuda", join => join.Machine.Device = "cuda", "--admit-other-machines" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_node_that_may_not_join_reads_what_it_is_what_it_should_be_and_what_to_do(
        string reason, Action<Join> change, string nextStep)
    {
        var refused = NodeServerWorld.Terms().RefusalOf(NodeServerWorld.Join("n", change));

        Assert.Contains(reason, refused?.Reason, StringComparison.Ordinal);
        Assert.Contains(nextStep, refused!.NextStep, StringComparison.Ordinal);
        Assert.EndsWith(".", refused.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_like_the_coordinator_may_join() =>
        Assert.Null(NodeServerWorld.Terms().RefusalOf(NodeServerWorld.Join("n", join => join.Roles.Add(Role.Worker))));

    [Fact]
    public void Machines_of_another_kind_may_join_where_that_was_asked_for_and_other_builds_never()
    {
        var terms = NodeServerWorld.Terms(admitsOthers: true);

        Assert.Null(terms.RefusalOf(NodeServerWorld.Join("n", join => join.Machine = null)));
        Assert.False(terms.IsOfThisKind(null));
        Assert.NotNull(terms.RefusalOf(NodeServerWorld.Join("n", join => join.Build = "1.2.4")));
    }
}
