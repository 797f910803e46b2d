using MoR.EndToEnd.Tests.Processes;

namespace MoR.EndToEnd.Tests;

/// <summary>The fingerprint that nodes of a run have in common.</summary>
public sealed class MachineTests
{
    [SkippableFact]
    public async Task Another_kernel_set_or_core_of_BLAS_is_another_machine()
    {
        var own = await FingerprintAsync(("MOR_KERNELS", ""));
        Skip.If(own.Kernels == "generic", "this processor has one kernel set");

        var generic = await FingerprintAsync(("MOR_KERNELS", "generic"));
        Assert.Equal("generic", generic.Kernels);
        Assert.NotEqual(own.Answers, generic.Answers);
        Skip.If(own.Core.Length == 0, "BLAS is not OpenBLAS");
        var slow = await FingerprintAsync(("OPENBLAS_CORETYPE", "Nehalem"));
        Assert.Equal((own.Kernels, "Nehalem"), (slow.Kernels, slow.Core));
        Assert.NotEqual(own.Answers, slow.Answers);
    }

    [Fact]
    public async Task A_kernel_set_that_there_is_not_is_named_with_those_that_there_are()
    {
        var run = await MorProcess.RunWithAsync(("MOR_KERNELS", "avx1024"), "doctor");

        var warning = (string)run.Json["warnings"]![0]!["what"]!;
        Assert.Contains("MOR_KERNELS=avx1024 is no kernel set of this processor: generic", warning, StringComparison.Ordinal);
    }

    private static async Task<(string Answers, string Kernels, string Core)> FingerprintAsync((string Name, string Value) variable)
    {
        var run = await MorProcess.RunWithAsync(variable, "doctor");
        Assert.Equal(0, run.ExitCode);
        return ((string)run.Json["identity"]!["answers_sha256"]!, (string)run.Json["kernels"]!, (string)run.Json["blas"]!["core"]!);
    }
}
