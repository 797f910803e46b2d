namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>What happens to a run.</summary>
internal enum ChaosKind
{
    /// <summary>A node is killed, and another one starts only if nobody is left.</summary>
    Kill,

    /// <summary>A node is killed and starts again under its name.</summary>
    Restart,

    /// <summary>A node is stopped and goes on later (SIGSTOP, SIGCONT).</summary>
    Stop,

    /// <summary>A node is stopped for good.</summary>
    Hang,

    /// <summary>A node is asked to leave (SIGTERM).</summary>
    Leave,

    /// <summary>A connection ends.</summary>
    Cut,

    /// <summary>A connection stays open, and nothing passes any longer.</summary>
    BlackHole,

    /// <summary>A byte of a frame is changed.</summary>
    Corrupt,

    /// <summary>The coordinator is killed and goes on with the run.</summary>
    KillCoordinator,

    /// <summary>Frames to a node are late for a while. No fault: nothing is lost.</summary>
    Delay,

    /// <summary>A node joins. No fault.</summary>
    Join,
}
