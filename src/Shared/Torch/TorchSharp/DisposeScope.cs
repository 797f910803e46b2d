namespace TorchSharp;

public static partial class torch
{
    /// <summary>Opens a scope on this thread: what is made until it closes is disposed with it, unless moved.</summary>
    public static DisposeScope NewDisposeScope() => new();
}

/// <summary>
/// Disposes the tensors made while it was the thread's innermost open scope. Bound to its thread: it must not span an
/// await, and using it from another thread is an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? current;

    private readonly List<torch.Tensor> tensors = [];
    private readonly int thread = Environment.CurrentManagedThreadId;
    private bool disposed;

    internal DisposeScope()
    {
        OuterScope = current;
        current = this;
    }

    /// <summary>How many tensors would be disposed now.</summary>
    public int DisposablesCount => tensors.Count;

    internal static DisposeScope? Current => current;

    internal DisposeScope? OuterScope { get; private set; }

    /// <summary>Hands a tensor to the next outer scope; without one it belongs to the caller.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        Move(AsTensor(disposable), OuterScope);
        return disposable;
    }

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second)
        where T1 : IDisposable
        where T2 : IDisposable => (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable
        where T2 : IDisposable
        where T3 : IDisposable => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(AsTensor(disposable), OuterScope);
        }
    }

    /// <summary>Takes a tensor out of all scopes: the caller disposes it.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Move(AsTensor(disposable), null);
        return disposable;
    }

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(AsTensor(disposable), null);
        }
    }

    /// <summary>Takes over a tensor that belongs to another scope of this thread, or to none.</summary>
    public void Attach(IDisposable disposable)
    {
        var tensor = AsTensor(disposable);
        EnsureUsable();
        tensor.OwningDisposeScope?.Remove(tensor);
        Add(tensor);
    }

    /// <summary>Disposes what the scope holds now; it stays open.</summary>
    public void DisposeEverything()
    {
        EnsureUsable();
        while (tensors.Count > 0)
        {
            tensors[^1].Dispose();
        }
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        DisposeEverything();
        disposed = true;
        Unlink();
    }

    internal void Add(torch.Tensor tensor)
    {
        tensor.OwningDisposeScope = this;
        tensor.ScopeSlot = tensors.Count;
        tensors.Add(tensor);
    }

    internal void MarkAsDisposed(torch.Tensor tensor) => Remove(tensor);

    /// <summary>Hides the thread's scopes until the result is disposed: for work done for another thread.</summary>
    internal static Isolation Isolate() => new();

    private static torch.Tensor AsTensor(IDisposable disposable) => disposable as torch.Tensor
        ?? throw new ArgumentException($"a {disposable.GetType()} is not a tensor; scopes hold tensors only");

    private void Move(torch.Tensor tensor, DisposeScope? target)
    {
        EnsureUsable();
        if (tensor.OwningDisposeScope == this)
        {
            Remove(tensor);
            target?.Add(tensor);
        }
    }

    // The last tensor takes the free slot, so that removing costs the same in a scope of any size.
    private void Remove(torch.Tensor tensor)
    {
        EnsureUsable();
        var last = tensors[^1];
        tensors[tensor.ScopeSlot] = last;
        last.ScopeSlot = tensor.ScopeSlot;
        tensors.RemoveAt(tensors.Count - 1);
        tensor.OwningDisposeScope = null;
    }

    private void EnsureUsable()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException(
                "a dispose scope belongs to the thread that opened it: it must not span an await, and its tensors "
                + "must be detached before another thread disposes them");
        }
    }

    private void Unlink()
    {
        if (current == this)
        {
            current = OuterScope;
            return;
        }

        // Closed out of order: the scopes inside it keep working and hand their tensors further out.
        for (var inner = current; inner is not null; inner = inner.OuterScope)
        {
            if (inner.OuterScope == this)
            {
                inner.OuterScope = OuterScope;
            }
        }
    }

    internal sealed class Isolation : IDisposable
    {
        private readonly DisposeScope? hidden = current;

        internal Isolation() => current = null;

        public void Dispose() => current = hidden;
    }
}
