using System.Text;
using MoR.Coordinator.CommandLine;
using MoR.Model.Backbone;
using MoR.Torch.Runtime;

namespace MoR.Coordinator.Doctor;

/// <summary><c>mor doctor</c>: says what this machine is, how fast it is, and what should be changed.</summary>
public sealed class DoctorCommand(IMachineProbe probe)
{
    private const int FingerprintDigits = 12; // enough to compare by eye; --json has all

    /// <summary>Looks, measures for a few seconds and prints; warnings do not change the exit code.</summary>
    public CommandOutcome Run(ITerminal terminal, CancellationToken cancel)
    {
        var facts = probe.Read();
        var rates = facts.Torch is null ? [] : Measure(facts, terminal, cancel);
        var warnings = DoctorWarnings.For(facts, rates);
        terminal.Result(Describe(facts, rates, warnings));
        return CommandOutcome.Done(DoctorJson.Of(facts, rates, warnings));
    }

    private List<ProductRate> Measure(MachineFacts facts, ITerminal terminal, CancellationToken cancel)
    {
        var all = Math.Clamp(facts.UsableProcessors, 1, MathPool.MaximumThreads);
        var rates = new List<ProductRate>();
        foreach (var threads in new[] { 1, all }.Distinct())
        {
            cancel.ThrowIfCancellationRequested();
            terminal.Progress($"measuring products with {threads} thread{(threads > 1 ? "s" : "")}");
            rates.Add(probe.Measure(threads));
        }

        terminal.Progress("");
        return rates;
    }

    private static string Describe(
        MachineFacts facts, IReadOnlyList<ProductRate> rates, IReadOnlyList<DoctorWarning> warnings)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Rows(facts, rates))
        {
            text.Append(name.PadRight(15)).Append(value).Append('\n');
        }

        text.Append('\n').Append(warnings.Count == 0 ? "Nothing to warn of." : "Warnings:");
        foreach (var warning in warnings)
        {
            text.Append("\n  ").Append(warning.What).Append(". ").Append(warning.NextStep);
        }

        return text.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Rows(MachineFacts facts, IReadOnlyList<ProductRate> rates)
    {
        var processor = facts.Processor;
        yield return ("mor", facts.MorVersion);
        yield return (".NET", facts.DotnetVersion);
        yield return ("system", $"{facts.OperatingSystem}, kernel {facts.Kernel}");
        yield return ("processor", $"{processor.Model}");
        yield return ("cores", $"{processor.Cores}, {processor.Threads} threads, {facts.UsableProcessors} usable");
        yield return ("vector units", string.Join(' ', processor.VectorFlags.DefaultIfEmpty("none known")));
        yield return ("memory", $"{Sizes.Text(facts.Memory.Total)}, {Sizes.Text(facts.Memory.Available)} available");
        if (facts.Torch is { } torch)
        {
            var core = torch.OpenBlasCore.Length > 0 ? $", core {torch.OpenBlasCore}" : "";
            yield return ("libtorch", torch.LibtorchVersion);
            yield return ("BLAS", (torch.BlasLibrary.Length > 0 ? torch.BlasLibrary : "inside libtorch") + core);
            yield return ("kernels", torch.KernelSet.Length > 0 ? torch.KernelSet : "plain");
            yield return ("GPUs", torch.CudaDevices is [] ? "none" : string.Join(", ", torch.CudaDevices));
        }
        else
        {
            yield return ("libtorch", "not usable");
        }

        if (facts.Identity is { } identity)
        {
            yield return (
                "fingerprint", $"{identity.AnswersSha256[..FingerprintDigits]} (on the CPU; machines of one run have the same)");
        }

        yield return ("backbones", $"model_type {string.Join(", ", LlamaConfigFile.Supported)}; F32, BF16 or F16 safetensors");
        if (rates.Count > 0)
        {
            yield return (
                "product 1024³",
                string.Join(", ", rates.Select(rate =>
                    $"{rate.Gigaflops:0.#} GFLOP/s with {rate.Threads} thread{(rate.Threads > 1 ? "s" : "")}")));
        }

        yield return ("disk", facts.FreeBytes is { } free ? $"{Sizes.Text(free)} free in {facts.Folder}" : "unknown");
        yield return ("file locks", facts.LockProblem is null ? "work" : "do not work");
    }
}
