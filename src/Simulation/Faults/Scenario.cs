using MoR.Cluster.Errors;

namespace MoR.Simulation.Faults;

/// <summary>Which kinds of faults a world has.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Kinds">The kinds; none for an undisturbed world.</param>
internal sealed record Scenario(string Name, IReadOnlyList<FaultKind> Kinds)
{
    /// <summary>Everything that can go wrong.</summary>
    public static Scenario Everything { get; } = new("everything", Enum.GetValues<FaultKind>());

    private static readonly Scenario[] _all =
    [
        Everything,
        new("nodes",
        [
            FaultKind.NodeCrash, FaultKind.NodePowerLoss, FaultKind.NodeFreeze, FaultKind.NodeSlow, FaultKind.NodeDrain, FaultKind.NodeJoin,
            FaultKind.DeviceStuck, FaultKind.DeviceError, FaultKind.ClockSkew, FaultKind.WrongMachine,
        ]),
        new("network",
        [
            FaultKind.LinkReset, FaultKind.PartitionOneWay, FaultKind.PartitionTwoWay, FaultKind.LateDelivery, FaultKind.CorruptBytes,
            FaultKind.ReplayedLink, FaultKind.Stranger,
        ]),
        new("coordinator",
        [
            FaultKind.CoordinatorCrash, FaultKind.CoordinatorPowerLoss, FaultKind.CoordinatorFreeze, FaultKind.CoordinatorStop,
            FaultKind.StaleCoordinator,
        ]),
        new("disk", [FaultKind.CheckpointCorrupt, FaultKind.DiskFull, FaultKind.DiskError, FaultKind.CoordinatorPowerLoss]),
        new("nothing", []),
    ];

    /// <summary>The scenario of a name; everything without one.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static Scenario Of(string? name) => name is null
        ? Everything
        : Array.Find(_all, scenario => scenario.Name == name)
            ?? throw new InputException(
                $"scenario '{name}'", "there is none of this name",
                $"Take one of {string.Join(", ", _all.Select(scenario => scenario.Name))}.");
}
