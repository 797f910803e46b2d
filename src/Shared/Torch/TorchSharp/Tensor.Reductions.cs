using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        private const int OwnRule = -1;

        public Tensor sum(ScalarType? type = null) =>
            Wrap(mor_sum(handle, [], 0, 0, Dtype(type), out var result), result, this);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Wrap(mor_sum(handle, dim, dim.Length, Flag(keepdim), Dtype(type), out var result), result, this);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) =>
            Wrap(mor_sum(handle, [dim], 1, Flag(keepdim), Dtype(type), out var result), result, this);

        // Without this overload the literal in sum(0) would convert to the enumeration, and be a dtype. TorchSharp does
        // not have it, so write sum(0L) in code that both engines compile.
        public Tensor sum(int dim, bool keepdim = false, ScalarType? type = null) => sum((long)dim, keepdim, type);

        public Tensor mean() => Wrap(mor_mean(handle, [], 0, 0, OwnRule, out var result), result, this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            var message = mor_mean(
                handle, dimensions, dimensions.Length, Flag(keepdim), Dtype(type), out var result);
            return Wrap(message, result, this);
        }

        public Tensor max() => Wrap(mor_max(handle, out var result), result, this);

        public Tensor min() => Wrap(mor_min(handle, out var result), result, this);

        public Tensor amax(long[] dims, bool keepdim = false) =>
            Wrap(mor_amax(handle, dims, dims.Length, Flag(keepdim), out var result), result, this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            var message = mor_max_dim(handle, dim, Flag(keepdim), out var values, out var indexes);
            return WrapPair(message, values, indexes, this);
        }

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            var message = mor_min_dim(handle, dim, Flag(keepdim), out var values, out var indexes);
            return WrapPair(message, values, indexes, this);
        }

        public Tensor argmax() => Wrap(mor_argmax(handle, out var result), result, this);

        public Tensor argmax(long dim, bool keepdim = false) =>
            Wrap(mor_argmax_dim(handle, dim, Flag(keepdim), out var result), result, this);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            var message = mor_topk(handle, k, dim, Flag(largest), Flag(sorted), out var values, out var indexes);
            return WrapPair(message, values, indexes, this);
        }

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            var message = mor_sort(handle, Flag(stable), dim, Flag(descending), out var values, out var indexes);
            return WrapPair(message, values, indexes, this);
        }

        public Tensor argsort(long dim = -1, bool descending = false) =>
            Wrap(mor_argsort(handle, dim, Flag(descending), out var result), result, this);

        public Tensor cumsum(long dim, ScalarType? type = null) =>
            Wrap(mor_cumsum(handle, dim, Dtype(type), out var result), result, this);

        public Tensor logsumexp(long dim, bool keepdim = false) =>
            Wrap(mor_logsumexp(handle, dim, Flag(keepdim), out var result), result, this);

        public Tensor norm(float p = 2.0f) => Wrap(mor_norm(handle, p, out var result), result, this);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) =>
            Wrap(mor_norm_dim(handle, dim, Flag(keepdim), p, out var result), result, this);

        private static int Dtype(ScalarType? type) => type is { } one ? (int)one : OwnRule;
    }
}
