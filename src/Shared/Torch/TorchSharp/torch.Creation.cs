using MoR.Torch;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor empty(
        ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var (type, kind, index) = Options(dtype, device);
        return Made(mor_empty(size, size.Length, type, kind, index, out var result), result, "empty", requires_grad);
    }

    public static Tensor zeros(
        ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        var (type, kind, index) = Options(dtype, device);
        return Made(mor_zeros(size, size.Length, type, kind, index, out var result), result, "zeros", requires_grad);
    }

    public static Tensor ones(
        ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full(size, 1, dtype ?? ScalarType.Float32, device, requires_grad);

    public static Tensor full(
        long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        full((ReadOnlySpan<long>)size, value, dtype, device, requires_grad);

    public static Tensor full(
        ReadOnlySpan<long> size,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false)
    {
        var (type, kind, index) = Options(dtype ?? Kind(value), device);
        var message = mor_full(size, size.Length, value, type, kind, index, out var result);
        return Made(message, result, "full", requires_grad);
    }

    public static Tensor arange(
        Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype ?? Kind(stop), device, requires_grad);

    public static Tensor arange(
        Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(
        Scalar start,
        Scalar stop,
        Scalar step,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false)
    {
        var whole = start.Type != ScalarType.Float64 && stop.Type != ScalarType.Float64
            && step.Type != ScalarType.Float64;
        var (type, kind, index) = Options(dtype ?? (whole ? ScalarType.Int64 : ScalarType.Float32), device);
        var message = mor_arange(start, stop, step, type, kind, index, out var result);
        return Made(message, result, "arange", requires_grad);
    }

    public static Tensor zeros_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.zeros_like(dtype, device, requires_grad);

    public static Tensor ones_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.ones_like(dtype, device, requires_grad);

    public static Tensor empty_like(
        Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.empty_like(dtype, device, requires_grad);

    public static Tensor full_like(
        Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.full_like(value, dtype, device, requires_grad);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        TorchException.ThrowIfAny(
            mor_cat(Handles(tensors), tensors.Count, dim, out var result), nameof(cat), [.. tensors]);
        GC.KeepAlive(tensors);
        return new Tensor(result);
    }

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var all = tensors.ToArray();
        TorchException.ThrowIfAny(mor_stack(Handles(all), all.Length, dim, out var result), nameof(stack), all);
        GC.KeepAlive(all);
        return new Tensor(result);
    }

    private static ScalarType Kind(Scalar value) =>
        value.Type == ScalarType.Float64 ? ScalarType.Float32 : value.Type;

    private static (int Type, int Kind, int Index) Options(ScalarType? dtype, Device? device) =>
        ((int)(dtype ?? ScalarType.Float32), (int)(device ?? CPU).type, (device ?? CPU).index);

    private static Tensor Made(nint message, nint result, string operation, bool requires_grad)
    {
        TorchException.ThrowIfAny(message, operation);
        var tensor = new Tensor(result);
        if (requires_grad)
        {
            tensor.requires_grad = true;
        }

        return tensor;
    }

    public sealed partial class Tensor
    {
        public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            zeros(shape, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            ones(shape, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            empty(shape, dtype ?? this.dtype, device ?? this.device, requires_grad);

        public Tensor full_like(
            Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
            full(shape, value, dtype ?? this.dtype, device ?? this.device, requires_grad);
    }
}
