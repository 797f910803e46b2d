using MoR.Coordinator.Planning;
using MoR.Model.Adapters;

namespace MoR.Coordinator.Benchmarks.Growth;

/// <summary>
/// The work that a step cannot do without, counted from its sizes. Nothing per operation, per expert or per micro-batch is
/// counted: what such costs have that do not grow makes a measured order smaller, and products of fewer rows make it larger.
/// </summary>
/// <param name="Operations">Multiplications and additions of products, forward and backward.</param>
/// <param name="Bytes">What gradients, clipping and AdamW read and write of memory.</param>
internal sealed record StepWork(double Operations, double Bytes)
{
    /// <summary>Of two AVX-512 cores, measured: 120 GFLOP/s in a long step, 45 GB/s in the sum of two gradients.</summary>
    private const double OperationsPerByte = 3;

    /// <summary>Both as operations.</summary>
    public double Total => Operations + (OperationsPerByte * Bytes);

    /// <summary>Counts.</summary>
    /// <param name="shape">Model and batch.</param>
    /// <param name="router">The routing method.</param>
    public static StepWork Of(BenchmarkShape shape, string router)
    {
        var (config, spec) = (shape.Config, shape.Adapter(router));

        // A micro-batch's gradient is cleared, and read with the sum, which is written. Clipping reads the sum; AdamW reads it,
        // and reads and writes the parameter and two moments.
        var microBatches = shape.Sequences / shape.MicroBatchSequences;
        var perParameter = sizeof(float) * ((4.0 * microBatches) + 1 + 7);
        return new StepWork(
            shape.Tokens * TokenWork.Of(config, spec, shape.Length).Operations, perParameter * new AdapterLayout(config, spec).Length);
    }
}
