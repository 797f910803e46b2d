using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

/// <summary>One reference to a libtorch tensor. Left to the finalizer it is freed, and counted as a leak.</summary>
internal sealed class TensorHandle : SafeHandle
{
    internal TensorHandle(nint value)
        : base(0, ownsHandle: true)
    {
        SetHandle(value);
        TensorLeaks.Created();
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        TensorLeaks.Released();
        return NativeMethods.mor_release(handle) == 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            TensorLeaks.LeftToFinalizer();
        }

        base.Dispose(disposing);
    }
}
