using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor view(params long[] shape) =>
            Wrap(mor_view(handle, shape, shape.Length, out var result), result, this);

        public Tensor reshape(params long[] shape) =>
            Wrap(mor_reshape(handle, shape, shape.Length, out var result), result, this);

        public Tensor permute(params long[] permutation) =>
            Wrap(mor_permute(handle, permutation, permutation.Length, out var result), result, this);

        public Tensor expand(params long[] sizes) =>
            Wrap(mor_expand(handle, sizes, sizes.Length, out var result), result, this);

        public Tensor repeat(params long[] sizes) =>
            Wrap(mor_repeat(handle, sizes, sizes.Length, out var result), result, this);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor t() => Wrap(mor_t(handle, out var result), result, this);

        public Tensor transpose(long dim0, long dim1) =>
            Wrap(mor_transpose(handle, dim0, dim1, out var result), result, this);

        public Tensor contiguous() => Wrap(mor_contiguous(handle, out var result), result, this);

        public Tensor clone() => Wrap(mor_clone(handle, out var result), result, this);

        public Tensor detach() => Wrap(mor_detach(handle, out var result), result, this);

        public Tensor alias() => Wrap(mor_alias(handle, out var result), result, this);

        public Tensor unsqueeze(long dim) => Wrap(mor_unsqueeze(handle, dim, out var result), result, this);

        public Tensor squeeze(long? dim = null)
        {
            var message = dim is { } one
                ? mor_squeeze(handle, one, out var result)
                : mor_squeeze_all(handle, out result);
            return Wrap(message, result, this);
        }

        public Tensor flatten(long start_dim = 0, long end_dim = -1) =>
            Wrap(mor_flatten(handle, start_dim, end_dim, out var result), result, this);

        public Tensor narrow(long dim, long start, long length) =>
            Wrap(mor_narrow(handle, dim, start, length, out var result), result, this);

        public Tensor slice(long dim, long start, long finish, long step) =>
            Wrap(mor_slice(handle, dim, start, finish, step, out var result), result, this);

        public Tensor select(long dim, long index) =>
            Wrap(mor_select(handle, dim, index, out var result), result, this);

        public Tensor tril(long diagonal = 0) => Wrap(mor_tril(handle, diagonal, out var result), result, this);

        public Tensor triu(long diagonal = 0) => Wrap(mor_triu(handle, diagonal, out var result), result, this);

        /// <summary>Views of <paramref name="size"/> along a dimension; the last may be smaller.</summary>
        public Tensor[] split(long size, int dim = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
            var total = this.size(dim);
            var sizes = new long[Math.Max(1, (total + size - 1) / size)];
            for (var i = 0; i < sizes.Length; i++)
            {
                sizes[i] = Math.Min(size, total - (i * size));
            }

            return split(sizes, dim);
        }

        /// <summary>Views of the given sizes along a dimension; they must add up to it.</summary>
        public Tensor[] split(long[] sizes, long dim = 0)
        {
            var results = new nint[sizes.Length];
            Check(mor_split(handle, sizes, sizes.Length, dim, results), this);
            return Array.ConvertAll(results, result => new Tensor(result));
        }

        /// <summary>At most <paramref name="chunks"/> views of equal size; the last may be smaller.</summary>
        public Tensor[] chunk(long chunks, long dim = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunks);
            return split(Math.Max(1, (size((int)dim) + chunks - 1) / chunks), (int)dim);
        }
    }
}
