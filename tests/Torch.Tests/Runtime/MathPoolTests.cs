using MoR.Torch.Runtime;
using TorchSharp;

namespace MoR.Torch.Tests.Runtime;

public sealed class MathPoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65)]
    public void A_pool_outside_its_range_is_refused_by_value_and_range(int threads)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new MathPool(threads));

        Assert.Contains($"1 to 64 threads, not {threads}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_pool_has_64_threads_that_all_compute()
    {
        using var pool = new MathPool(64);
        using var together = new Barrier(64);
        var sums = new double[64];
        pool.For(64, i =>
        {
            // Nobody passes before all 64 bodies run side by side.
            together.SignalAndWait();
            sums[i] = torch.ones(10).sum().ToDouble();
        });

        Assert.Equal(64, pool.Threads);
        Assert.All(sums, sum => Assert.Equal(10, sum));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Every_index_runs_once(int threads)
    {
        using var pool = new MathPool(threads);
        var counts = new int[1000];
        pool.For(counts.Length, i => Interlocked.Increment(ref counts[i]));
        pool.For(0, _ => counts[0]++);

        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Fact]
    public void A_pool_of_one_runs_inline()
    {
        using var pool = new MathPool(1);
        var caller = Environment.CurrentManagedThreadId;
        pool.For(8, _ => Assert.Equal(caller, Environment.CurrentManagedThreadId));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Loops_nest_on_every_thread_of_the_pool_at_once(int threads)
    {
        using var pool = new MathPool(threads);
        var total = 0;
        var jobs = Enumerable.Range(0, 2 * threads).Select(_ => pool.RunAsync(() =>
        {
            pool.For(4, _ => pool.For(4, _ => pool.For(4, _ => Interlocked.Increment(ref total))));
            return true;
        }));

        await Task.WhenAll(jobs);

        Assert.Equal(2 * threads * 64, total);
    }

    [Fact]
    public void The_exception_of_the_lowest_index_reaches_the_caller()
    {
        using var pool = new MathPool(3);
        using var together = new Barrier(3);
        var error = Assert.Throws<InvalidDataException>(() => pool.For(3, i =>
        {
            together.SignalAndWait();
            throw new InvalidDataException($"index {i}");
        }));

        Assert.Equal("index 0", error.Message);
        var after = 0;
        pool.For(5, _ => Interlocked.Increment(ref after));
        Assert.Equal(5, after);
    }

    [Fact]
    public void After_an_exception_no_further_index_begins()
    {
        using var pool = new MathPool(1);
        var begun = 0;
        Assert.Throws<TorchException>(() => pool.For(10, _ =>
        {
            begun++;
            torch.zeros(2, 2).mm(torch.zeros(3, 3));
        }));

        Assert.Equal(1, begun);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_body_has_its_own_scope_and_records_no_gradients(int threads)
    {
        using var pool = new MathPool(threads);
        using var scope = torch.NewDisposeScope();
        var parameter = torch.ones([2], requires_grad: true);
        var lost = new torch.Tensor[16];
        var moved = new torch.Tensor[16];
        var kept = new torch.Tensor[16];

        pool.For(16, i =>
        {
            lost[i] = parameter * i;
            moved[i] = (parameter * i).MoveToOuterDisposeScope();
            kept[i] = (parameter * i).DetachFromDisposeScope();
        });

        Assert.True(torch.is_grad_enabled());
        Assert.Equal(1, scope.DisposablesCount);
        Assert.All(lost, tensor => Assert.True(tensor.IsInvalid));
        for (var i = 0; i < kept.Length; i++)
        {
            Assert.False(kept[i].requires_grad);
            Assertions.Values([i, i], kept[i]);
            Assertions.Values([i, i], moved[i]);
            kept[i].Dispose();
            moved[i].Dispose();
        }
    }

    [Fact]
    public async Task Queued_work_runs_on_the_pool_and_hands_back_value_or_exception()
    {
        using var pool = new MathPool(2);
        var name = await pool.RunAsync(() => Thread.CurrentThread.Name);
        var settings = await pool.RunAsync(() => (torch.get_num_threads(), torch.is_grad_enabled()));
        var failed = await Record.ExceptionAsync(
            () => pool.RunAsync<int>(() => throw new InvalidDataException("no")));

        Assert.StartsWith("math-", name, StringComparison.Ordinal);
        Assert.Equal((1, true), settings);
        Assert.IsType<InvalidDataException>(failed);
    }

    [Fact]
    public async Task What_awaits_queued_work_does_not_continue_on_the_pool()
    {
        using var pool = new MathPool(1);
        await pool.RunAsync(() => true);

        Assert.DoesNotContain("math-", Thread.CurrentThread.Name ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_finishes_what_runs_and_fails_what_waits()
    {
        var pool = new MathPool(1);
        using var running = new ManualResetEventSlim();
        using var finish = new ManualResetEventSlim();
        var first = pool.RunAsync(() =>
        {
            running.Set();
            finish.Wait();
            return 1;
        });
        running.Wait();
        var second = pool.RunAsync(() => 2);
        var disposal = new Thread(pool.Dispose);
        disposal.Start();

        // Refusing new work is the sign that the pool is stopping.
        while (Record.Exception(() => { _ = pool.RunAsync(() => 3); }) is null)
        {
            Thread.Yield();
        }

        finish.Set();
        disposal.Join();

        Assert.Equal(1, await first);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second);
    }
}
