namespace MoR.Coordinator.Runs;

/// <summary>What a session of a run does, or how it ended.</summary>
public enum RunState
{
    /// <summary>Waits for the nodes that it expects.</summary>
    Waiting,

    /// <summary>Measures, before, between or after steps.</summary>
    Evaluating,

    /// <summary>Makes steps.</summary>
    Training,

    /// <summary>Ended: nothing is left to do.</summary>
    Complete,

    /// <summary>Ended where it was told to, before its last step.</summary>
    Stopped,

    /// <summary>Ended by a signal, saved.</summary>
    Interrupted,

    /// <summary>Ended by an error.</summary>
    Failed,
}
