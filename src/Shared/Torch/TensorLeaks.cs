namespace MoR.Torch;

/// <summary>
/// Counts of the process's tensors. Device memory is freed by Dispose and by dispose scopes; what the finalizer has to
/// free is a leak to be fixed, and only reported.
/// </summary>
public static class TensorLeaks
{
    private static long live;
    private static long count;

    /// <summary>Tensors freed by the finalizer since the program started.</summary>
    public static long Count => Interlocked.Read(ref count);

    /// <summary>Tensors that exist now.</summary>
    public static long Live => Interlocked.Read(ref live);

    internal static void Created() => Interlocked.Increment(ref live);

    internal static void Released() => Interlocked.Decrement(ref live);

    internal static void LeftToFinalizer() => Interlocked.Increment(ref count);
}
