using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor matmul(Tensor target) =>
            Wrap(mor_matmul(handle, target.handle, out var result), result, this, target);

        public Tensor mm(Tensor target) =>
            Wrap(mor_mm(handle, target.handle, out var result), result, this, target);

        public Tensor bmm(Tensor batch2) =>
            Wrap(mor_bmm(handle, batch2.handle, out var result), result, this, batch2);

        public Tensor dot(Tensor target) =>
            Wrap(mor_dot(handle, target.handle, out var result), result, this, target);
    }
}
