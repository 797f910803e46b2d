namespace MoR.Simulation.Disk;

/// <summary>What a crash leaves of the changes that were not flushed.</summary>
public enum Survival
{
    /// <summary>Nothing: a power cut on a file system that writes only when it is told to.</summary>
    OnlyFlushed,

    /// <summary>Everything: the process was killed, the machine lived on.</summary>
    Everything,

    /// <summary>
    /// The first few changes of each folder's names, and torn files: a power cut on a journalling file system.
    /// </summary>
    TornInOrder,

    /// <summary>Any of the changes of each folder's names, and torn files.</summary>
    TornInAnyOrder,
}
