namespace MoR.Coordinator.Doctor;

/// <summary>Decides what <c>mor doctor</c> warns of.</summary>
internal static class DoctorWarnings
{
    /// <summary>
    /// Any processor with AVX2 does several times this per core with OpenBLAS; Debian's reference BLAS does 2.
    /// </summary>
    private const double SlowGigaflops = 10;

    /// <summary>OpenBLAS's kernels (DYNAMIC_ARCH, x86-64) that use AVX2 or more.</summary>
    private static readonly string[] modernCores =
        ["Haswell", "Zen", "Excavator", "SkylakeX", "Cooperlake", "SapphireRapids"];

    private const long LittleMemory = 2L << 30;
    private const long LittleDisk = 1L << 30;

    public static IReadOnlyList<DoctorWarning> For(MachineFacts facts, IReadOnlyList<ProductRate> rates) =>
        [.. Tensors(facts, rates), .. Machine(facts)];

    private static IEnumerable<DoctorWarning> Tensors(MachineFacts facts, IReadOnlyList<ProductRate> rates)
    {
        if (facts.TorchProblem is { } problem)
        {
            yield return new DoctorWarning(
                "the tensor library cannot be used: " + problem.TrimEnd('.'),
                "Install what it needs (apt-get install libtorch-dev libopenblas0-pthread) and run './mor setup'.");
        }

        if (facts.OperationThreads > 1)
        {
            yield return new DoctorWarning(
                $"one operation of libtorch uses {facts.OperationThreads} threads, which changes bits",
                "Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1.");
        }

        if (facts.Torch is { } blas && BetterCore(facts.Processor, blas.OpenBlasCore) is { } better)
        {
            yield return new DoctorWarning(
                $"OpenBLAS does not know this processor and uses its slow {blas.OpenBlasCore} kernels",
                $"Set OPENBLAS_CORETYPE={better} in the environment, on every machine of a run.");
        }
        else if (facts.Torch is { } torch && rates.FirstOrDefault(rate => rate.Threads == 1) is { } rate
            && rate.Gigaflops < SlowGigaflops)
        {
            yield return torch.OpenBlasConfiguration.Length == 0
                ? new DoctorWarning(
                    $"one thread does {rate.Gigaflops:0.#} GFLOP/s, as with Debian's reference BLAS "
                        + $"({torch.BlasLibrary})",
                    "Install OpenBLAS, which is many times faster: apt-get install libopenblas0-pthread.")
                : new DoctorWarning(
                    $"one thread does {rate.Gigaflops:0.#} GFLOP/s although OpenBLAS ({torch.OpenBlasCore}) is in use",
                    "See whether other programs keep the processor busy.");
        }
    }

    /// <summary>
    /// The OpenBLAS core that fits the processor, where the chosen one uses older instructions; otherwise null. An
    /// OpenBLAS older than the processor falls back to Prescott (SSE3), several times slower than what would run.
    /// </summary>
    private static string? BetterCore(ProcessorFacts processor, string core)
    {
        if (core.Length == 0 || modernCores.Contains(core, StringComparer.OrdinalIgnoreCase)
            || !processor.VectorFlags.Contains("avx2") || !processor.VectorFlags.Contains("fma"))
        {
            return null;
        }

        string[] wide = ["avx512f", "avx512bw", "avx512vl"];
        return wide.All(processor.VectorFlags.Contains) ? "SkylakeX" : "Haswell";
    }

    private static IEnumerable<DoctorWarning> Machine(MachineFacts facts)
    {
        if (facts.Memory.Available < LittleMemory)
        {
            yield return new DoctorWarning(
                $"only {Sizes.Text(facts.Memory.Available)} of memory are available",
                "Close other programs, and take a small backbone: it needs 4 bytes per parameter, or 2 with backbone.dtype bf16.");
        }

        if (facts.FreeBytes < LittleDisk)
        {
            yield return new DoctorWarning(
                $"only {Sizes.Text(facts.FreeBytes.Value)} are free in {facts.Folder}",
                "Free some space, or name another place with --output.");
        }

        if (facts.LockProblem is { } problem)
        {
            yield return new DoctorWarning(
                "run folders here cannot be locked: " + problem.TrimEnd('.'),
                "Write runs to a local disk with --output.");
        }

        if (!facts.Processor.VectorFlags.Contains("avx2"))
        {
            yield return new DoctorWarning(
                "the processor does not show AVX2, and products will be slow", "Take another machine for large runs.");
        }
    }
}
