using MoR.Cluster.Errors;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Memory;

namespace MoR.Coordinator.Cluster;

/// <summary>What nodes of this machine may use.</summary>
internal static class NodeMemory
{
    /// <summary>Bytes of each of some nodes that are started beside a coordinator: equal shares of what both programs leave free. Null
    /// if the machine does not tell what is free, so that each node looks for itself.</summary>
    /// <param name="machine">What there is before the coordinator takes its own.</param>
    /// <param name="coordinator">What the coordinator will take.</param>
    /// <param name="nodes">Nodes, at least 1.</param>
    /// <exception cref="InputException">Nothing is left for them.</exception>
    public static long? ShareOf(MemoryFacts machine, MemoryPlan coordinator, int nodes)
    {
        if (machine.Available == 0)
        {
            return null;
        }

        var left = machine.Available - coordinator.Total - (nodes * MemoryPlan.Program.Bytes);
        return left >= nodes
            ? left / nodes
            : throw new InputException(
                "--nodes",
                $"{nodes} nodes take {Sizes.Text(MemoryPlan.Program.Bytes)} each before they hold anything, the coordinator takes "
                + $"{Sizes.Text(coordinator.Total)}, and {Sizes.Text(machine.Available)} are available",
                "Give fewer --nodes, or a machine with more memory.");
    }
}
