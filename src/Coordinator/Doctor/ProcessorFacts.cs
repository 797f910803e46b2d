namespace MoR.Coordinator.Doctor;

/// <summary>What <c>/proc/cpuinfo</c> says.</summary>
/// <param name="Model">The processor's name; "unknown" where the file does not tell.</param>
/// <param name="Cores">Physical cores.</param>
/// <param name="Threads">Logical processors.</param>
/// <param name="VectorFlags">The instruction sets that decide the speed of products.</param>
public sealed record ProcessorFacts(string Model, int Cores, int Threads, IReadOnlyList<string> VectorFlags)
{
    private static readonly string[] wanted =
    [
        "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8",
    ];

    /// <summary>Reads the text of <c>/proc/cpuinfo</c> (proc(5)); what is missing is left open.</summary>
    public static ProcessorFacts Parse(string cpuInfo)
    {
        string? model = null;
        var flags = new HashSet<string>(StringComparer.Ordinal);
        var cores = new HashSet<string>(StringComparer.Ordinal);
        var package = "";
        var threads = 0;
        foreach (var line in cpuInfo.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].Trim())
            {
                case "processor":
                    threads++;
                    break;
                case "model name":
                    model ??= value;
                    break;
                case "physical id":
                    package = value;
                    break;
                case "core id":
                    cores.Add($"{package}/{value}");
                    break;
                case "flags":
                    flags.UnionWith(value.Split(' '));
                    break;
            }
        }

        return new ProcessorFacts(
            model ?? "unknown", cores.Count > 0 ? cores.Count : threads, threads, [.. wanted.Where(flags.Contains)]);
    }
}
