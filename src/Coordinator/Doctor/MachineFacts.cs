using MoR.Cluster.Protocol.Wire;
using MoR.Torch;

namespace MoR.Coordinator.Doctor;

/// <summary>What <c>mor doctor</c> finds without measuring.</summary>
public sealed record MachineFacts
{
    public required string MorVersion { get; init; }

    public required string DotnetVersion { get; init; }

    public required string OperatingSystem { get; init; }

    public required string Kernel { get; init; }

    public required ProcessorFacts Processor { get; init; }

    /// <summary>Processors that this process may use, after affinity and container limits.</summary>
    public required int UsableProcessors { get; init; }

    public required MemoryFacts Memory { get; init; }

    /// <summary>Null when the tensor library cannot be loaded; then <see cref="TorchProblem"/> says why.</summary>
    public TorchInfo? Torch { get; init; }

    public string? TorchProblem { get; init; }

    /// <summary>What nodes of a run must have in common; null when the tensor library cannot be loaded.</summary>
    public Machine? Identity { get; init; }

    /// <summary>Threads that one operation of libtorch uses; must be 1, since another number changes bits.</summary>
    public int OperationThreads { get; init; } = 1;

    /// <summary>The folder whose disk was looked at.</summary>
    public required string Folder { get; init; }

    /// <summary>Free bytes in <see cref="Folder"/>; null when the disk does not tell.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Why a file in <see cref="Folder"/> cannot be locked; null when it can.</summary>
    public string? LockProblem { get; init; }
}
