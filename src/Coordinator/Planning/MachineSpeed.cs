namespace MoR.Coordinator.Planning;

/// <summary>
/// How fast a process computes, as measured here or given. Times marked *of a thread* occupy one of the threads; the others can
/// work meanwhile.
/// </summary>
internal sealed record MachineSpeed
{
    /// <summary>Where the figures come from, for people.</summary>
    public required string Source { get; init; }

    /// <summary>Operations per second of large float32 products, all threads or the whole device.</summary>
    public required double OperationsPerSecond { get; init; }

    /// <summary>The same of a LoRA expert's thin products.</summary>
    public required double ExpertOperationsPerSecond { get; init; }

    /// <summary>Bytes per second, read and written, of passes over long vectors: sums of gradients, AdamW, weights of small batches.
    /// </summary>
    public required double MemoryBytesPerSecond { get; init; }

    /// <summary>Bytes per second of what lies around the products: norms, SwiGLU, adding and moving rows.</summary>
    public required double ActivationBytesPerSecond { get; init; }

    /// <summary>Seconds of a thread that one application of an expert costs however few its rows are, in one direction.</summary>
    public required double SecondsPerExpert { get; init; }

    /// <summary>Seconds of a thread that a dispatch point costs however few its rows are, in one direction.</summary>
    public required double SecondsPerDispatch { get; init; }

    /// <summary>Seconds of a thread per byte that is sent, at each end: encoding, checksum, the system's copies.</summary>
    public required double SecondsPerWireByte { get; init; }

    /// <summary>Seconds of a thread per message, at each end.</summary>
    public required double SecondsPerMessage { get; init; }

    /// <summary>Threads that share the work; 1 for a GPU, which has no other to work meanwhile.</summary>
    public required int Threads { get; init; }

    /// <summary>Memory of the device.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Work that all threads share.</summary>
    public static Duty Shared(double seconds) => new(seconds, 0);

    /// <summary>Work of one thread, of which the others' part is only waited for.</summary>
    public Duty OfOneThread(double seconds) => new(seconds / Threads, seconds - (seconds / Threads));

    /// <summary>Work of several threads side by side.</summary>
    /// <param name="seconds">All of it, of a thread.</param>
    /// <param name="parts">In so many parts.</param>
    public Duty OfThreads(double seconds, double parts)
    {
        var busy = seconds / Threads;
        return new(busy, Math.Max(0, (seconds / Math.Clamp(parts, 1, Threads)) - busy));
    }
}
