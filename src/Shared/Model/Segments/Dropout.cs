using System.Runtime.InteropServices;
using MoR.Cluster.Random;
using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>Dropout of the experts' input, with a random stream per (seed, step, micro-batch, dispatch point, row).</summary>
internal static class Dropout
{
    private const ulong Stream = 0x44524F50; // "DROP"

    /// <summary>1/(1−p) where a value is kept, 0 where it is dropped; shaped like x.</summary>
    public static Tensor Mask(AdaptedModel model, MicroBatchContext context, DispatchPoint point, Tensor x_TI)
    {
        var rate = model.Layout.Spec.Experts.Dropout;
        var (rows, width) = ((int)x_TI.shape[0], (int)x_TI.shape[1]);
        var keep = (float)(1 / (1 - rate));
        var mask_TI = empty([rows, width], float32); // filled where it lies: a large array would bring a full collection
        model.Pool.For(rows, row =>
        {
            var values = MemoryMarshal.Cast<byte, float>(mask_TI.narrow(0, row, 1).bytes);
            var random = new CounterRandom(
                context.Seed, Stream, (ulong)context.Step, (ulong)context.Position, (ulong)point.Index, (ulong)row);
            random.Fill(values);
            foreach (ref var value in values)
            {
                value = value < rate ? 0 : keep;
            }
        });
        return mask_TI.to(x_TI.dtype).to(x_TI.device);
    }
}
