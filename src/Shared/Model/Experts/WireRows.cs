using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>Turns rows into what travels and back, and everything else without a change of its values.</summary>
/// <param name="wire">How rows travel.</param>
/// <param name="dtype">Type that is computed in: float32, or float64 in tests.</param>
/// <param name="device">Where it is computed.</param>
internal sealed class WireRows(WireType wire, ScalarType dtype, Device device)
{
    private readonly bool _isExactInPlace = device.type == DeviceType.CPU;

    /// <summary>Whether rows are computed with as they travel, where they arrive.</summary>
    public bool IsInPlace { get; } = wire == WireType.F32 && dtype == float32 && device.type == DeviceType.CPU;

    /// <summary>The type of rows on the wire.</summary>
    public ElementType Type { get; } = TypeOf(wire, dtype);

    /// <summary>The type of everything else.</summary>
    public ElementType ExactType { get; } = TorchWireTensor.ExactType(dtype);

    /// <summary>The type on the wire of rows that are computed with in a type.</summary>
    public static ElementType TypeOf(WireType wire, ScalarType dtype) => wire switch
    {
        WireType.Bf16 => ElementType.Bf16,
        WireType.Int8 => ElementType.Int8Rows,
        _ => TorchWireTensor.ExactType(dtype),
    };

    /// <summary>Bytes of rows as they travel.</summary>
    public long SizeOf(TensorPayload rows) => WireSize.Of(Type, rows.Shape);

    /// <summary>Bytes of a tensor that is not rounded.</summary>
    public long ExactSizeOf(TensorPayload tensor) => WireSize.Of(ExactType, tensor.Shape);

    /// <summary>Rows, gathered into one tensor, as they travel.</summary>
    public TorchWireTensor Encode(TensorPayload payload)
    {
        using var scope = NewDisposeScope();
        var (source, which) = RowsPayload.Of(payload);
        return which is null && wire == WireType.F32
            ? EncodeExact(source)
            : new TorchWireTensor(TensorKernels.Current.EncodeRows(source, RowsPayload.Longs(which), wire));
    }

    /// <summary>A tensor as it is. Its memory must not change while the result lives, which may outlive it.</summary>
    public TorchWireTensor EncodeExact(Tensor tensor)
    {
        using var noGrad = no_grad();
        if (tensor.dtype == dtype && tensor.device.type == DeviceType.CPU && tensor.is_contiguous())
        {
            return new TorchWireTensor(tensor.detach()); // each operation more costs as much as a small tensor's bytes
        }

        using var scope = NewDisposeScope();
        return new TorchWireTensor(tensor.detach().to(dtype).cpu().contiguous().alias());
    }

    /// <summary>Rows as they are computed with; taken over from the tensor where they lie as they are wanted.</summary>
    public Tensor Decode(TorchWireTensor tensor)
    {
        if (IsInPlace)
        {
            return tensor.Release();
        }

        using var scope = NewDisposeScope();
        return TensorKernels.Current.DecodeRows(tensor.Tensor, wire).to(dtype).to(device).alias().MoveToOuterDisposeScope();
    }

    /// <summary>A tensor as it is, likewise.</summary>
    public Tensor DecodeExact(TorchWireTensor tensor)
    {
        if (_isExactInPlace)
        {
            return tensor.Release();
        }

        using var scope = NewDisposeScope();
        return tensor.Tensor.to(device).alias().MoveToOuterDisposeScope();
    }
}
