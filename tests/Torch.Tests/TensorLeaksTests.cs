using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace MoR.Torch.Tests;

[CollectionDefinition(nameof(TensorLeaksTests), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>Counts are the process's, so these run while no other test does.</summary>
[Collection(nameof(TensorLeaksTests))]
public sealed class TensorLeaksTests
{
    [Fact]
    public void Scopes_and_gradients_leave_nothing_behind()
    {
        Collect();
        var (live, leaked) = (TensorLeaks.Live, TensorLeaks.Count);
        for (var i = 0; i < 20; i++)
        {
            using var scope = NewDisposeScope();
            var x = ones([4, 4], requires_grad: true);
            var (values, _) = x.matmul(x).topk(2);
            _ = autograd.grad([values.sum()], [x]);
            Assert.Throws<TorchException>(() => x.view(3));
        }

        Collect();
        Assert.Equal((live, leaked), (TensorLeaks.Live, TensorLeaks.Count));
    }

    [Fact]
    public void A_forgotten_tensor_is_freed_and_counted()
    {
        Collect();
        var (live, leaked) = (TensorLeaks.Live, TensorLeaks.Count);
        Forget();
        Assert.Equal(live + 2, TensorLeaks.Live);

        Collect();
        Assert.Equal((live, leaked + 2), (TensorLeaks.Live, TensorLeaks.Count));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => _ = zeros(2) + 1;

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
