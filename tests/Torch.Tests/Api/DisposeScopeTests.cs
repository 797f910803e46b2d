using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Torch.Tests.Api;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor a, b;
        using (var scope = NewDisposeScope())
        {
            a = zeros(1);
            b = a + 1;
            Assert.Equal(2, scope.DisposablesCount);
        }

        Assert.True(a.IsInvalid && b.IsInvalid);
    }

    [Fact]
    public void Inner_scopes_close_first_and_hand_outwards()
    {
        Tensor moved, detached, stays;
        using (NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                moved = inner.MoveToOuter(zeros(1));
                detached = zeros(1).DetachFromDisposeScope();
                stays = zeros(1);
            }

            Assert.True(stays.IsInvalid);
            Assert.False(moved.IsInvalid);
        }

        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void Moving_out_of_the_outermost_scope_hands_to_the_caller()
    {
        Tensor a, b, c;
        using (var scope = NewDisposeScope())
        {
            a = zeros(1).MoveToOuterDisposeScope();
            (b, c) = scope.MoveToOuter(zeros(1), zeros(1));
        }

        Assert.False(a.IsInvalid || b.IsInvalid || c.IsInvalid);
        a.Dispose();
        b.Dispose();
        c.Dispose();
    }

    [Fact]
    public void An_exception_closes_the_scope()
    {
        Tensor? a = null;
        Assert.Throws<TorchException>(() =>
        {
            using var scope = NewDisposeScope();
            a = zeros(2, 2);
            a.mm(zeros(3, 3));
        });

        Assert.True(a!.IsInvalid);
        Assert.Null(DisposeScope.Current);
    }

    [Fact]
    public void Disposing_a_tensor_takes_it_out_and_keeps_the_others()
    {
        using var scope = NewDisposeScope();
        var all = Enumerable.Range(0, 5).Select(i => full([1], i)).ToArray();
        all[1].Dispose();
        all[4].Dispose();
        scope.Detach(all[0]);

        Assert.Equal(2, scope.DisposablesCount);
        scope.DisposeEverything();
        Assert.Equal([false, true, true, true, true], all.Select(tensor => tensor.IsInvalid));

        scope.Attach(all[0]);
        scope.Attach(all[0]);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Scopes_closed_out_of_order_keep_the_inner_one_working()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        var a = zeros(1);
        Assert.Equal(1, inner.DisposablesCount);
        inner.Dispose();

        Assert.True(a.IsInvalid);
        Assert.Null(DisposeScope.Current);
    }

    [Fact]
    public void A_scope_belongs_to_its_thread()
    {
        using var scope = NewDisposeScope();
        var a = zeros(1);
        Exception? closed = null, disposed = null;
        DisposeScope? seen = scope;
        var thread = new Thread(() =>
        {
            seen = DisposeScope.Current;
            closed = Record.Exception(scope.Dispose);
            disposed = Record.Exception(a.Dispose);
        });
        thread.Start();
        thread.Join();

        Assert.Null(seen);
        Assert.IsType<InvalidOperationException>(closed);
        Assert.IsType<InvalidOperationException>(disposed);
        Assert.False(a.IsInvalid);
    }

    [Fact]
    public void Only_tensors_are_held()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentException>(() => scope.Attach(stream));
    }
}
