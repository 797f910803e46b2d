using MoR.Torch.Native;

namespace MoR.Torch;

/// <summary>Memory of the CPU tensors of 32 KiB and more, which have a range of addresses of their own; in bytes.</summary>
/// <param name="Used">In use now.</param>
/// <param name="Most">The most that was in use at once, since the program started or <see cref="ForgetMost"/>.</param>
/// <param name="Held">Taken from the system, and kept for the tensors to come.</param>
public readonly record struct TensorMemory(long Used, long Most, long Held)
{
    /// <summary>What it is now.</summary>
    public static TensorMemory Now()
    {
        TorchException.ThrowIfAny(NativeMethods.mor_memory(out var used, out var most, out var held), nameof(TensorMemory));
        return new TensorMemory(used, most, held);
    }

    /// <summary>Lets <see cref="Most"/> begin anew, with what is in use now.</summary>
    public static void ForgetMost() =>
        TorchException.ThrowIfAny(NativeMethods.mor_memory_forget_most(), nameof(ForgetMost));
}
