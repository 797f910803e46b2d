using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Torch.Tests;

public sealed class ConcurrencyTests
{
    private const int Threads = 8;
    private const int Rounds = 5;

    [Fact]
    public void Products_and_gradients_side_by_side_have_the_bits_they_have_alone()
    {
        TorchRuntime.Initialise();
        var alone = Enumerable.Range(0, Threads).Select(Work).ToArray();
        var together = new byte[Threads * Rounds][];
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(seed => new Thread(() =>
        {
            start.SignalAndWait();
            for (var round = 0; round < Rounds; round++)
            {
                together[(seed * Rounds) + round] = Work(seed);
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        for (var i = 0; i < together.Length; i++)
        {
            var same = alone[i / Rounds].AsSpan().SequenceEqual(together[i]);
            Assert.True(same, $"seed {i / Rounds}, round {i % Rounds}");
        }
    }

    [Fact]
    public async Task Recorded_work_on_the_pool_may_contain_tiled_products()
    {
        using var pool = new MathPool(3);
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(seed => pool.RunAsync(() =>
        {
            using var scope = NewDisposeScope();
            var x_TD = Assertions.Random(seed % 2, float32, 300, 40).requires_grad_();
            var w_ED = Assertions.Random(7, float32, 24, 40);
            var y_TE = TensorKernels.Current.MatMul(x_TD.detach(), w_ED, true, pool);
            var gradient_TD = autograd.grad([(x_TD.mm(w_ED.t()) * y_TE).sum()], [x_TD])[0];
            return gradient_TD.bytes.ToArray();
        })));

        for (var i = 2; i < results.Length; i++)
        {
            Assert.Equal(results[i % 2], results[i]);
        }

        Assert.NotEqual(results[0], results[1]);
    }

    private static byte[] Work(int seed)
    {
        using var scope = NewDisposeScope();
        var x_TD = Assertions.Random(seed, float32, 160 + seed, 96).requires_grad_();
        var w_FD = Assertions.Random(seed + 100, float32, 130, 96).requires_grad_();
        var loss = nn.functional.log_softmax(nn.functional.silu(x_TD.mm(w_FD.t())), -1).square().sum();
        var gradients = autograd.grad([loss], [x_TD, w_FD]);
        return [.. gradients[0].bytes, .. gradients[1].bytes, .. loss.bytes];
    }
}
