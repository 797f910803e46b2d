using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MoR.Cluster.Protocol.Wire;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>
/// A tensor on the wire whose bytes are a torch tensor's memory; owns it. Rows of int8 are a tensor of bytes, [n, 4 + width]:
/// each row's f32 scale, then its values.
/// </summary>
public sealed class TorchWireTensor : WireTensor
{
    private readonly TensorBytes _memory;
    private bool _isReleased;

    /// <summary>Takes ownership of a contiguous CPU tensor of less than 2 GiB, out of any dispose scope.</summary>
    /// <exception cref="ArgumentException">Its element type does not travel.</exception>
    public TorchWireTensor(Tensor tensor)
        : this(tensor, TypeOf(tensor), ShapeOf(tensor))
    {
    }

    private TorchWireTensor(Tensor tensor, ElementType type, IReadOnlyList<long> shape)
        : base(type, shape)
    {
        Tensor = tensor.DetachFromDisposeScope();
        _memory = new TensorBytes(tensor);
    }

    /// <summary>The tensor.</summary>
    public Tensor Tensor { get; }

    /// <inheritdoc/>
    public override Memory<byte> Bytes => _memory.Memory;

    /// <summary>Room for a tensor.</summary>
    /// <exception cref="ArgumentException">The shape is none, or its bytes are 2 GiB or more.</exception>
    public static TorchWireTensor Allocate(ElementType type, IReadOnlyList<long> shape)
    {
        var bytes = WireSize.Of(type, shape);
        if (bytes > int.MaxValue)
        {
            throw new ArgumentException($"[{string.Join(", ", shape)}] of type {type} is {bytes} bytes, at most {int.MaxValue} travel");
        }

        var tensor = type == ElementType.Int8Rows
            ? empty([shape[0], shape[1] + ITensorKernels.ScaleBytes], uint8)
            : empty([.. shape], ScalarTypeOf(type));
        return new TorchWireTensor(tensor, type, [.. shape]);
    }

    /// <summary>Hands the tensor over. What is left is as good as disposed of.</summary>
    public Tensor Release()
    {
        _memory.Close();
        _isReleased = true;
        return Tensor;
    }

    /// <summary>The same memory under another owner.</summary>
    public TorchWireTensor Alias()
    {
        using var noGrad = no_grad(); // else libtorch keeps how the view was made
        return new TorchWireTensor(Tensor.alias(), Type, Shape);
    }

    /// <summary>How elements that are not rounded travel.</summary>
    public static ElementType ExactType(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => ElementType.F32,
        ScalarType.Float64 => ElementType.F64,
        ScalarType.BFloat16 => ElementType.Bf16,
        ScalarType.Int32 => ElementType.I32,
        ScalarType.Int64 => ElementType.I64,
        _ => throw new ArgumentException($"a tensor of {dtype} does not travel", nameof(dtype)),
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _memory.Close();
        if (!_isReleased)
        {
            Tensor.Dispose();
        }
    }

    private static ElementType TypeOf(Tensor tensor) =>
        tensor.dtype == ScalarType.Byte ? ElementType.Int8Rows : ExactType(tensor.dtype);

    private static long[] ShapeOf(Tensor tensor) =>
        tensor.dtype == ScalarType.Byte ? [tensor.shape[0], tensor.shape[1] - ITensorKernels.ScaleBytes] : tensor.shape;

    private static ScalarType ScalarTypeOf(ElementType type) => type switch
    {
        ElementType.F32 => float32,
        ElementType.F64 => float64,
        ElementType.Bf16 => bfloat16,
        ElementType.I32 => int32,
        ElementType.I64 => int64,
        _ => throw new ArgumentException($"{type} is no type of tensors", nameof(type)),
    };

    /// <summary>A tensor's memory, which the engine keeps where it is until the tensor is disposed of.</summary>
    private sealed unsafe class TensorBytes : MemoryManager<byte>
    {
        private readonly byte* _start;
        private readonly int _length;
        private bool _isClosed;

        public TensorBytes(Tensor tensor)
        {
            var bytes = tensor.bytes;
            _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
            _length = bytes.Length;
        }

        public override Memory<byte> Memory => CreateMemory(_length);

        public void Close() => _isClosed = true;

        public override Span<byte> GetSpan()
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(TorchWireTensor));
            return new Span<byte>(_start, _length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(TorchWireTensor));
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
            return new MemoryHandle(_start + elementIndex);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => Close();
    }
}
