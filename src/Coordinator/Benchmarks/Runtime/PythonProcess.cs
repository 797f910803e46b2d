using System.Diagnostics;
using MoR.Torch;

namespace MoR.Coordinator.Benchmarks.Runtime;

/// <summary>Python scripts that answer lines of JSON.</summary>
internal static class PythonProcess
{
    /// <summary>
    /// Starts a script with as many threads as we have, and with the kernels of OpenBLAS that we use: it must not lose because
    /// its OpenBLAS is older than the processor.
    /// </summary>
    public static AnsweringProcess Start(PythonInterpreter python, IReadOnlyList<string> arguments, int threads)
    {
        var start = new ProcessStartInfo(python.Program, ["-B", .. arguments]);
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        start.Environment["OPENBLAS_NUM_THREADS"] = $"{threads}";
        if (TorchRuntime.Info.OpenBlasCore is { Length: > 0 } core)
        {
            start.Environment["OPENBLAS_CORETYPE"] = core;
        }

        return AnsweringProcess.Start(start, arguments[0]);
    }
}
