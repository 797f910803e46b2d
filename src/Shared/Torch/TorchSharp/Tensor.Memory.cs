using MoR.Torch;
using TorchSharp.Utils;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// The memory of a contiguous CPU tensor of less than 2 GiB. Valid while this tensor lives: keep it reachable.
        /// </summary>
        /// <exception cref="InvalidOperationException">It is not contiguous, not on the CPU, or larger.</exception>
        public Span<byte> bytes
        {
            get
            {
                var length = numel() * element_size();
                if (length > int.MaxValue || !is_contiguous())
                {
                    throw new InvalidOperationException(
                        $"bytes: {TensorText.Describe(this)} is {length} bytes, contiguous: {is_contiguous()}; at most "
                        + $"{int.MaxValue} contiguous bytes fit a span");
                }

                unsafe
                {
                    return new Span<byte>((void*)Address(), (int)length);
                }
            }
        }

        /// <summary>Reads and writes the elements of a CPU tensor of exactly this element type.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The one element of a tensor of exactly this element type.</summary>
        /// <exception cref="ArgumentException">There is not exactly one element, or it has another type.</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (numel() != 1)
            {
                throw new ArgumentException($"item: {TensorText.Describe(this)} does not have exactly one element");
            }

            using var host = cpu();
            return host.data<T>().First;
        }

        public Tensor to(
            ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, device, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, device, copy, disposeAfter, non_blocking);

        public Tensor to(
            ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var message = mor_to(
                handle, (int)type, (int)device.type, device.index, Flag(copy), Flag(non_blocking), out var result);
            var converted = Wrap(message, result, this);
            if (disposeAfter)
            {
                Dispose();
            }

            return converted;
        }

        public Tensor to_type(
            ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(type, copy, disposeAfter, non_blocking);

        public Tensor type_as(Tensor tensor) => to(tensor.dtype);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) =>
            to(device ?? CUDA, non_blocking: non_blocking);

        internal nint Address()
        {
            Check(mor_data(handle, out var address), this, operation: "data");
            return address;
        }
    }
}
