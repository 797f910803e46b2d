namespace MoR.Coordinator.Planning;

/// <summary>What a step waits for most.</summary>
internal enum Bottleneck
{
    /// <summary>The coordinator's processor, and with local nodes everybody's.</summary>
    Coordinator,

    /// <summary>The busiest node.</summary>
    Node,

    /// <summary>The coordinator's link.</summary>
    Link,

    /// <summary>Nobody is occupied for half of the step: latency, and too little in flight to hide it.</summary>
    Waiting,
}
