using MoR.Cluster.Errors;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;

namespace MoR.Coordinator.Tests.Memory;

public sealed class NodeMemoryTests
{
    private const long Gib = 1L << 30;
    private static readonly MemoryPlan Coordinator = new([new MemoryPart("weights", 2 * Gib)], Mapped: Gib);

    [Fact]
    public void Nodes_of_this_machine_share_what_coordinator_and_programs_leave()
    {
        var share = NodeMemory.ShareOf(new MemoryFacts(16 * Gib, 8 * Gib), Coordinator, nodes: 2);

        Assert.Equal((6 * Gib / 2) - (288L << 20), share);
    }

    [Fact]
    public void Nodes_that_find_nothing_left_are_refused_with_the_arithmetic()
    {
        var error = Assert.Throws<InputException>(
            () => NodeMemory.ShareOf(new MemoryFacts(16 * Gib, 3 * Gib), Coordinator, nodes: 4));

        Assert.Contains(
            "--nodes: 4 nodes take 288 MiB each before they hold anything, the coordinator takes 2.0 GiB, and 3.0 GiB are available",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_does_not_tell_leaves_it_to_the_nodes() =>
        Assert.Null(NodeMemory.ShareOf(new MemoryFacts(0, 0), Coordinator, nodes: 4));
}
