using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class PublishedSizesTests
{
    private const long Gib = 1L << 30;

    [Fact]
    public void A_shard_that_is_no_single_tensor_is_refused_with_how_many_there_must_be()
    {
        PublishedSizes.RequireShards([Gib, Gib, Gib, Gib, Gib], new LinkOptions()); // any number of messages

        var refusal = Assert.Throws<InputException>(() => PublishedSizes.RequireShards([Gib, 5 * Gib], new LinkOptions()));

        Assert.Equal("experts.shards", refusal.Subject);
        Assert.Contains("shard 1 of 2 has 5,368,709,120 bytes", refusal.Problem, StringComparison.Ordinal);
        Assert.Contains("at least 4", refusal.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_that_is_no_single_message_has_no_workers()
    {
        var link = new LinkOptions();

        Assert.Null(PublishedSizes.WorkerProblem(Gib, [Gib, Gib], stateBytes: Gib, link));
        Assert.Contains(
            "4,294,967,297 bytes", PublishedSizes.WorkerProblem(Gib, [Gib, Gib], stateBytes: Gib + 1, link), StringComparison.Ordinal);
        Assert.Contains("one tensor", PublishedSizes.WorkerProblem(3 * Gib, [1], stateBytes: 0, link), StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_is_then_refused_by_name_and_an_expert_is_not()
    {
        var terms = NodeServerWorld.Terms() with { WorkerProblem = "the adapter is too large" };

        Assert.Null(terms.RefusalOf(NodeServerWorld.Join("n")));
        var refusal = terms.RefusalOf(NodeServerWorld.Join("n", join => join.Roles.Add(MoR.Cluster.Protocol.Wire.Role.Worker)))!;
        Assert.Equal("n is a worker, and the adapter is too large", refusal.Reason);
        Assert.Equal("Give it --role expert.", refusal.NextStep);
    }
}
