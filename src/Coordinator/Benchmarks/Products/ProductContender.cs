using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.Products;

/// <summary>A product computed in this process, on a thread for mathematics.</summary>
internal sealed class ProductContender(string name, MathPool pool, TimeProvider time, Func<Tensor> multiply) : IContender
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Task<Turn> RunAsync(int times, CancellationToken stop) => pool.RunAsync(() =>
    {
        var began = time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            multiply().Dispose();
        }

        return new Turn(time.GetElapsedTime(began).TotalSeconds, []);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
