using MoR.Cluster.Seams;
using MoR.Torch.Runtime;

namespace MoR.Model.Runtime;

/// <summary>Runs the engine's mathematics on the math pool.</summary>
public sealed class MathPoolExecutor(MathPool pool) : IMathExecutor
{
    /// <inheritdoc/>
    public Task<T> RunAsync<T>(Func<T> work) => pool.RunAsync(work);
}
