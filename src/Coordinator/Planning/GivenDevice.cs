namespace MoR.Coordinator.Planning;

/// <summary>A machine that is not at hand, by the figures of its data sheet. What these do not tell is assumed, and was not measured
/// on any GPU (docs/PLANNING.md).</summary>
internal static class GivenDevice
{
    /// <summary>Some 35 launches of 8 µs for an expert in each direction: the estimate of docs/PERFORMANCE.md, "The step on a GPU".
    /// </summary>
    private const double SecondsPerExpert = 300e-6;

    /// <summary>Some 20 launches and two changes of threads.</summary>
    private const double SecondsPerDispatch = 200e-6;

    /// <summary>Copying to the host, encoding, and the system's copies, at 10 GB/s by several cores of the host.</summary>
    private const double SecondsPerWireByte = 0.1e-9;

    private const double SecondsPerMessage = 100e-6;

    /// <summary>The machine.</summary>
    /// <param name="operationsPerSecond">Float32.</param>
    /// <param name="bytesPerSecond">Of its memory.</param>
    /// <param name="memoryBytes">Of its memory; null for no limit.</param>
    public static MachineSpeed Of(double operationsPerSecond, double bytesPerSecond, long? memoryBytes) => new()
    {
        Source = "as given; fixed costs assumed, not measured",
        OperationsPerSecond = operationsPerSecond,
        ExpertOperationsPerSecond = operationsPerSecond,
        MemoryBytesPerSecond = bytesPerSecond,
        ActivationBytesPerSecond = bytesPerSecond,
        SecondsPerExpert = SecondsPerExpert,
        SecondsPerDispatch = SecondsPerDispatch,
        SecondsPerWireByte = SecondsPerWireByte,
        SecondsPerMessage = SecondsPerMessage,
        Threads = 1,
        MemoryBytes = memoryBytes ?? long.MaxValue,
    };
}
