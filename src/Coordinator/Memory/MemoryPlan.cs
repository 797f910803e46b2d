using MoR.Cluster.Errors;
using MoR.Coordinator.Doctor;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Coordinator.Memory;

/// <summary>
/// About how much memory a command takes on the CPU, part by part. Weights, parameters, moments and caches are exact;
/// activations are counted from the values that a pass keeps, at the longest sequence.
/// </summary>
/// <param name="Parts">The parts.</param>
/// <param name="Mapped">
/// Bytes of weights that are used where the files are mapped. They need no memory of their own: the kernel drops them when
/// memory is short and reads them again, which is slow if it happens in every step.
/// </param>
public sealed record MemoryPlan(IReadOnlyList<MemoryPart> Parts, long Mapped)
{
    /// <summary>Libtorch, compiled code, managed objects, thread stacks and the tiles of products; measured at 245 to 315 MiB.
    /// </summary>
    internal static MemoryPart Program { get; } = new("program", 288L << 20);

    /// <summary>All parts.</summary>
    public long Total => Parts.Sum(part => part.Bytes);

    /// <summary>The most that will be resident: all parts, and the mapped weights once they were read.</summary>
    public long Peak => Total + Mapped;

    /// <summary>Refuses what cannot fit.</summary>
    /// <param name="device">Where it runs; the plan is one of the CPU, and nothing is refused elsewhere.</param>
    /// <param name="machine">What there is; a machine that does not tell is not checked.</param>
    /// <param name="notice">Told, in a sentence, if it fits but leaves too little for the mapped weights.</param>
    /// <exception cref="InputException">More is needed than there is.</exception>
    public void Require(Device device, MemoryFacts machine, Action<string> notice)
    {
        if (device.type != DeviceType.CPU)
        {
            return;
        }

        if (machine.Available > 0 && Total > machine.Available)
        {
            throw new InputException(
                "memory",
                $"about {Sizes.Text(Total)} are needed, and {Sizes.Text(machine.Available)} of {Sizes.Text(machine.Total)} "
                + $"are available: {this}",
                NextStep(Total - machine.Available));
        }

        if (machine.Available > 0 && Total + Mapped > machine.Available)
        {
            notice(
                $"{Sizes.Text(Mapped)} of mapped weights and {Sizes.Text(Total)} beside them are more than the "
                + $"{Sizes.Text(machine.Available)} available, so every pass reads weights from the disk again.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", Parts.Select(part => $"{part.What} {Sizes.Text(part.Bytes)}"))
        + (Mapped > 0 ? $"; {Sizes.Text(Mapped)} of weights are used where the files are mapped" : "");

    /// <summary>The remedies of the largest parts that together hold what is missing.</summary>
    private string NextStep(long missing)
    {
        var remedies = new List<string>();
        foreach (var part in Parts.Where(part => part.Remedy.Length > 0).OrderByDescending(part => part.Bytes))
        {
            if (missing > 0)
            {
                remedies.Add(part.Remedy);
                missing -= part.Bytes;
            }
        }

        return string.Concat(remedies.Distinct().Append("Close other programs, or take a machine with more memory.")
            .Select((remedy, index) => index == 0 ? remedy : " " + remedy));
    }
}
