using static TorchSharp.torch;

namespace MoR.Torch.Tests;

/// <summary>The memory of large tensors is the process's, so these run while no other test does.</summary>
[Collection(nameof(TensorLeaksTests))]
public sealed class TensorMemoryTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void What_is_free_side_by_side_is_one_block_again()
    {
        var pieces = Enumerable.Range(0, 64).Select(_ => Bytes(MiB)).ToArray();
        var full = TensorMemory.Now();
        foreach (var piece in pieces.Where((_, i) => i % 2 == 0).Concat(pieces.Where((_, i) => i % 2 == 1)))
        {
            piece.Dispose();
        }

        using var large = Bytes(60 * MiB);

        Assert.Equal(full.Held, TensorMemory.Now().Held);
        Assert.InRange(full.Used - TensorMemory.Now().Used, 3 * MiB, 5 * MiB);
        Assert.True(TensorMemory.Now().Most >= full.Used);
    }

    [Fact]
    public void The_hole_that_fits_best_is_taken()
    {
        using var guard = Bytes(MiB);
        var wide = Bytes(9 * MiB);
        using var between = Bytes(MiB);
        var narrow = Bytes(3 * MiB);
        using var end = Bytes(MiB);
        var held = TensorMemory.Now().Held;
        wide.Dispose();
        narrow.Dispose();
        using var small = Bytes(3 * MiB);
        using var large = Bytes(9 * MiB);

        Assert.Equal(held, TensorMemory.Now().Held);
    }

    [Fact]
    public void The_most_that_was_in_use_can_begin_anew()
    {
        Bytes(8 * MiB).Dispose();
        TensorMemory.ForgetMost();
        var before = TensorMemory.Now();
        Bytes(2 * MiB).Dispose();
        var after = TensorMemory.Now();

        Assert.Equal(before.Used, before.Most);
        Assert.InRange(after.Most - before.Used, 2 * MiB, 3 * MiB);
    }

    [Fact]
    public void Tensors_of_many_threads_never_share_memory()
    {
        var before = TensorMemory.Now().Used;
        Parallel.For(0, 8, thread =>
        {
            for (var round = 0; round < 50; round++)
            {
                using var scope = NewDisposeScope();
                var mine = Enumerable.Range(1, 6).Select(i => full([i * 20_000L], thread)).ToArray();
                Assert.All(mine, tensor => Assert.Equal(
                    thread * tensor.numel(), tensor.to(float64).sum().item<double>()));
            }
        });

        Assert.Equal(before, TensorMemory.Now().Used);
    }

    [Fact]
    public void Dropped_values_take_no_memory_and_come_back_under_every_view()
    {
        using var scope = NewDisposeScope();
        var kernels = new LibtorchKernels();
        var x = ones([256, 256], requires_grad: true) * 3;
        var product = (x * x).sum();
        var before = TensorMemory.Now().Used;
        kernels.DropValues(x);
        Assert.InRange(before - TensorMemory.Now().Used, 256 << 10, 300 << 10);

        var again = full([256, 256], 3.0);
        kernels.TakeValues(x, again);

        Assert.Equal(before, TensorMemory.Now().Used);
        Assert.Equal(6f, autograd.grad([product], [x])[0].view(-1).data<float>().ToArray()[77]);
        kernels.DropValues(x);
        Assert.Throws<TorchException>(() => kernels.TakeValues(x, ones([256, 255])));
        Assert.Throws<TorchException>(() => kernels.DropValues(again.view(256 * 256).narrow(0, 1, 9)));
    }

    private static Tensor Bytes(long count) => empty([count], uint8);
}
