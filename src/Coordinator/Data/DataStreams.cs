namespace MoR.Coordinator.Data;

/// <summary>The first word of the random streams of this folder: the eight ASCII letters of a purpose.</summary>
internal static class DataStreams
{
    /// <summary>"epochord", followed by the epoch: the order of the training sequences.</summary>
    public const ulong EpochOrder = 0x65706F63686F7264;

    /// <summary>"evalsamp": which items are evaluated when not all are.</summary>
    public const ulong EvaluationSample = 0x6576616C73616D70;
}
