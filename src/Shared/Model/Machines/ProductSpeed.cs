using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Machines;

/// <summary>How fast a node multiplies, for placement by speed; a fraction of a second suffices for that.</summary>
public static class ProductSpeed
{
    private const long Size = 512;
    private const long RowsPerThread = 128; // what the pool cuts products into
    private const int Repetitions = 20; // the best of many is the same on a busy machine

    /// <summary>Multiply-adds in a second, the best of some products with every thread busy.</summary>
    /// <param name="device">Where experts will be computed.</param>
    /// <param name="pool">Threads.</param>
    /// <param name="time">Measures.</param>
    public static double Measure(Device device, MathPool pool, TimeProvider time)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rows = Math.Max(Size, RowsPerThread * pool.Threads);
        var (left, right) = (ones(rows, Size, device: device), ones(Size, Size, device: device));
        var best = TimeSpan.MaxValue;
        for (var i = 0; i <= Repetitions; i++)
        {
            var start = time.GetTimestamp();
            // Reading a value waits for the device.
            _ = TensorKernels.Current.MatMul(left, right, transposeB: false, pool).narrow(0, 0, 1).sum().item<float>();
            var taken = time.GetElapsedTime(start);
            // The first one also finds memory.
            best = i > 0 && taken < best ? taken : best;
        }

        return rows * Size * Size / Math.Max(best.TotalSeconds, 1e-9);
    }
}
