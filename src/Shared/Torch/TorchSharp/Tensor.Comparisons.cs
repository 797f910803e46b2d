using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor eq(Tensor target) =>
            Wrap(mor_eq(handle, target.handle, out var result), result, this, target);

        public Tensor eq(Scalar target) => Wrap(mor_eq_scalar(handle, target, out var result), result, this);

        public Tensor ne(Tensor target) =>
            Wrap(mor_ne(handle, target.handle, out var result), result, this, target);

        public Tensor ne(Scalar target) => Wrap(mor_ne_scalar(handle, target, out var result), result, this);

        public Tensor lt(Tensor target) =>
            Wrap(mor_lt(handle, target.handle, out var result), result, this, target);

        public Tensor lt(Scalar target) => Wrap(mor_lt_scalar(handle, target, out var result), result, this);

        public Tensor le(Tensor target) =>
            Wrap(mor_le(handle, target.handle, out var result), result, this, target);

        public Tensor le(Scalar target) => Wrap(mor_le_scalar(handle, target, out var result), result, this);

        public Tensor gt(Tensor target) =>
            Wrap(mor_gt(handle, target.handle, out var result), result, this, target);

        public Tensor gt(Scalar target) => Wrap(mor_gt_scalar(handle, target, out var result), result, this);

        public Tensor ge(Tensor target) =>
            Wrap(mor_ge(handle, target.handle, out var result), result, this, target);

        public Tensor ge(Scalar target) => Wrap(mor_ge_scalar(handle, target, out var result), result, this);

        public Tensor logical_and(Tensor other) =>
            Wrap(mor_logical_and(handle, other.handle, out var result), result, this, other);

        public Tensor logical_or(Tensor other) =>
            Wrap(mor_logical_or(handle, other.handle, out var result), result, this, other);

        public Tensor logical_not() => Wrap(mor_logical_not(handle, out var result), result, this);

        public Tensor isfinite() => Wrap(mor_isfinite(handle, out var result), result, this);

        public Tensor isnan() => Wrap(mor_isnan(handle, out var result), result, this);

        public Tensor any() => Wrap(mor_any(handle, out var result), result, this);

        public Tensor all() => Wrap(mor_all(handle, out var result), result, this);

        public Tensor any(long dim, bool keepdim = false) =>
            Wrap(mor_any_dim(handle, dim, Flag(keepdim), out var result), result, this);

        public Tensor all(long dim, bool keepdim = false) =>
            Wrap(mor_all_dim(handle, dim, Flag(keepdim), out var result), result, this);

        /// <summary>Whether all elements are within atol + rtol·|target|.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            Check(mor_allclose(handle, target.handle, rtol, atol, Flag(equal_nan), out var result), this, target);
            return result != 0;
        }
    }
}
