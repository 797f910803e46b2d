namespace MoR.Simulation.Faults;

/// <summary>What can go wrong in a world.</summary>
internal enum FaultKind
{
    /// <summary>A node's process is killed; its kernel closes its connections.</summary>
    NodeCrash,

    /// <summary>A node's machine loses power: nobody says anything.</summary>
    NodePowerLoss,

    /// <summary>A node stands still for a while.</summary>
    NodeFreeze,

    /// <summary>A node's mathematics takes much longer.</summary>
    NodeSlow,

    /// <summary>A node is told to leave, and comes back later.</summary>
    NodeDrain,

    /// <summary>One more node joins.</summary>
    NodeJoin,

    /// <summary>A node's device hangs, while its links are well.</summary>
    DeviceStuck,

    /// <summary>A node's mathematics throws.</summary>
    DeviceError,

    /// <summary>A clock goes wrong and leaps.</summary>
    ClockSkew,

    /// <summary>A connection is reset.</summary>
    LinkReset,

    /// <summary>Nothing arrives in one direction.</summary>
    PartitionOneWay,

    /// <summary>Nothing arrives in either direction.</summary>
    PartitionTwoWay,

    /// <summary>Some bytes arrive late.</summary>
    LateDelivery,

    /// <summary>A bit flips on the way.</summary>
    CorruptBytes,

    /// <summary>What a node once said is said again, by somebody else, on a new connection.</summary>
    ReplayedLink,

    /// <summary>Somebody connects who is no node.</summary>
    Stranger,

    /// <summary>A node of another kind of machine wants to join.</summary>
    WrongMachine,

    /// <summary>The coordinator's process is killed.</summary>
    CoordinatorCrash,

    /// <summary>The coordinator's machine loses power in the middle of writing; what was not flushed is lost or torn.</summary>
    CoordinatorPowerLoss,

    /// <summary>The coordinator stands still for a while.</summary>
    CoordinatorFreeze,

    /// <summary>The coordinator is told to stop, and goes on later.</summary>
    CoordinatorStop,

    /// <summary>The newest checkpoint is damaged while nobody looks, and the coordinator is started again.</summary>
    CheckpointCorrupt,

    /// <summary>The coordinator's disk is full for a while.</summary>
    DiskFull,

    /// <summary>An operation of the coordinator's disk fails.</summary>
    DiskError,

    /// <summary>A coordinator from an old snapshot answers at the run's address for a while.</summary>
    StaleCoordinator,
}
