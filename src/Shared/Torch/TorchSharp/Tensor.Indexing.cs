using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) =>
            Wrap(mor_index_select(handle, dim, index.handle, out var result), result, this, index);

        public Tensor gather(long dim, Tensor index) =>
            Wrap(mor_gather(handle, dim, index.handle, out var result), result, this, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) =>
            Wrap(mor_scatter(handle, dim, index.handle, src.handle, out var result), result, this, index, src);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) =>
            Wrap(mor_scatter_add(handle, dim, index.handle, src.handle, out var result), result, this, index, src);

        public Tensor index_copy(long dim, Tensor index, Tensor source) =>
            Wrap(mor_index_copy(handle, dim, index.handle, source.handle, out var result), result, this, index, source);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha)
        {
            var message = mor_index_add(handle, dim, index.handle, source.handle, alpha, out var result);
            return Wrap(message, result, this, index, source);
        }

        public Tensor masked_fill(Tensor mask, Scalar value) =>
            Wrap(mor_masked_fill(handle, mask.handle, value, out var result), result, this, mask);

        public Tensor masked_select(Tensor mask) =>
            Wrap(mor_masked_select(handle, mask.handle, out var result), result, this, mask);

        /// <summary>Indices of the elements that are not zero, [n, dim] Int64, in row-major order.</summary>
        public Tensor nonzero() => Wrap(mor_nonzero(handle, out var result), result, this);

        /// <summary>This tensor where the condition holds, <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) =>
            Wrap(mor_where(condition.handle, handle, y.handle, out var result), result, condition, this, y);
    }
}
