using TorchSharp;

namespace MoR.Torch;

/// <summary>Counts of the process's tensors, as far as TorchSharp keeps them.</summary>
public static class TensorLeaks
{
    /// <summary>Always 0: TorchSharp does not tell what its finalizers freed.</summary>
    public static long Count => 0;

    /// <summary>Tensors that exist now.</summary>
    public static long Live => torch.Tensor.TotalCount;
}
