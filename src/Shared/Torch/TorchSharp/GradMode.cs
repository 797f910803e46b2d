using MoR.Torch;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Records nothing for autograd on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled()
    {
        TorchException.ThrowIfAny(mor_grad_mode(out var enabled), nameof(is_grad_enabled));
        return enabled != 0;
    }

    private sealed class GradMode : IDisposable
    {
        private readonly int thread = Environment.CurrentManagedThreadId;
        private readonly bool before = is_grad_enabled();
        private bool disposed;

        internal GradMode(bool enabled) => Set(enabled);

        public void Dispose()
        {
            if (disposed)
            {
                return;
            }

            if (thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException(
                    "a grad mode belongs to the thread that set it: it must not span an await");
            }

            disposed = true;
            Set(before);
        }

        private static void Set(bool enabled) =>
            TorchException.ThrowIfAny(mor_set_grad_mode(Flag(enabled)), nameof(set_grad_enabled));
    }
}
