using System.Runtime.CompilerServices;
using MoR.Torch;
using MoR.Torch.Native;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// One reference to a libtorch tensor. It is freed by <see cref="Dispose"/> or by the dispose scope that was open
    /// on the thread when it was made; the finalizer frees what is forgotten and counts it in
    /// <see cref="TensorLeaks"/>. Errors of libtorch are <see cref="TorchException"/>s.
    /// </summary>
    public sealed partial class Tensor : IDisposable
    {
        private readonly TensorHandle handle;

        /// <summary>Takes over one reference.</summary>
        internal Tensor(nint native)
        {
            handle = new TensorHandle(native);
            DisposeScope.Current?.Add(this);
        }

        /// <summary>The address of the native tensor, valid while this object lives.</summary>
        public nint Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle.IsClosed, this);
                return handle.DangerousGetHandle();
            }
        }

        public bool IsInvalid => handle.IsClosed;

        public ScalarType dtype
        {
            get
            {
                Check(mor_dtype(handle, out var result));
                return (ScalarType)result;
            }
        }

        public Device device
        {
            get
            {
                Check(mor_device(handle, out var type, out var index));
                return new Device((DeviceType)type, index);
            }
        }

        public DeviceType device_type => device.type;

        public int device_index => device.index;

        public bool is_cuda => device.type == DeviceType.CUDA;

        public long[] shape => Layout().Sizes;

        public bool requires_grad
        {
            get
            {
                Check(mor_requires_grad(handle, out var result));
                return result != 0;
            }

            set => Check(mor_set_requires_grad(handle, Flag(value)), this);
        }

        public bool is_leaf
        {
            get
            {
                Check(mor_is_leaf(handle, out var result));
                return result != 0;
            }
        }

        public long ndim => dim();

        public long NumberOfElements => numel();

        /// <summary>Bytes per element.</summary>
        public long ElementSize => element_size();

        internal TensorHandle Safe => handle;

        public long dim() => Layout().Sizes.Length;

        public long numel()
        {
            Check(mor_numel(handle, out var result));
            return result;
        }

        public long size(int dim) => shape[dim < 0 ? dim + (int)this.dim() : dim];

        public long[] stride() => Layout().Strides;

        public long stride(int dim) => stride()[dim < 0 ? dim + (int)this.dim() : dim];

        public long element_size() => MoR.Torch.ScalarTypes.SizeInBytes(dtype);

        public bool is_contiguous()
        {
            Check(mor_is_contiguous(handle, out var result));
            return result != 0;
        }

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public void Dispose()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            handle.Dispose();
        }

        /// <summary>Shape, dtype and device; values are never printed.</summary>
        public override string ToString() =>
            handle.IsClosed ? "Tensor(disposed)" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        /// <summary>The one element as a number of its own kind.</summary>
        internal Scalar Value()
        {
            Check(mor_item(handle, out var value), this, operation: "item");
            return value;
        }

        private static void Check(
            nint message,
            Tensor? a = null,
            Tensor? b = null,
            Tensor? c = null,
            [CallerMemberName] string operation = "")
        {
            if (message != 0)
            {
                TorchException.ThrowIfAny(message, operation, a, b, c);
            }
        }

        private static Tensor Wrap(
            nint message,
            nint result,
            Tensor? a = null,
            Tensor? b = null,
            Tensor? c = null,
            [CallerMemberName] string operation = "")
        {
            Check(message, a, b, c, operation);
            return new Tensor(result);
        }

        private static (Tensor First, Tensor Second) WrapPair(
            nint message, nint first, nint second, Tensor a, [CallerMemberName] string operation = "")
        {
            Check(message, a, operation: operation);
            return (new Tensor(first), new Tensor(second));
        }

        private Tensor Into(
            nint message, Tensor? b = null, Tensor? c = null, [CallerMemberName] string operation = "")
        {
            Check(message, this, b, c, operation);
            return this;
        }

        private (long[] Sizes, long[] Strides) Layout()
        {
            Span<long> sizes = stackalloc long[8];
            Span<long> strides = stackalloc long[8];
            Check(mor_shape(handle, sizes, strides, sizes.Length, out var rank));
            if (rank > sizes.Length)
            {
                sizes = new long[rank];
                strides = new long[rank];
                Check(mor_shape(handle, sizes, strides, rank, out _));
            }

            return (sizes[..rank].ToArray(), strides[..rank].ToArray());
        }
    }
}
