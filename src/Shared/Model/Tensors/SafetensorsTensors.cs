using MoR.Cluster.Errors;
using MoR.Model.Safetensors;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tensors;

/// <summary>Safetensors entries as tensors, and back.</summary>
public static class SafetensorsTensors
{
    /// <summary>
    /// Reads one tensor. If neither type nor device change, the result shares the mapped file's memory, so the file must
    /// outlive it and nobody may write to it.
    /// </summary>
    public static Tensor Load(SafetensorsFile file, TensorEntry entry, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var stored = StoredType(file, entry);
        if (!entry.IsAligned)
        {
            var copy = empty(entry.Shape, stored);
            file.Bytes(entry.Name).CopyTo(copy.bytes);
            return copy.to(dtype).to(device).MoveToOuterDisposeScope();
        }

        var mapped = TensorKernels.Current.FromMemory(file.Address(entry.Name), entry.Shape, stored);
        return mapped.to(dtype).to(device).MoveToOuterDisposeScope();
    }

    /// <summary>A tensor to be written; its values are read when the file is.</summary>
    public static TensorSource Source(string name, Tensor tensor) => new(
        name,
        DtypeOf(tensor.dtype),
        tensor.shape,
        stream =>
        {
            using var scope = NewDisposeScope();
            stream.Write(tensor.detach().cpu().contiguous().bytes);
        });

    /// <summary>The type of a tensor that holds stored values as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Such values are not read here.</exception>
    public static ScalarType TypeOf(SafetensorsDtype dtype) => dtype switch
    {
        SafetensorsDtype.F64 => float64,
        SafetensorsDtype.F32 => float32,
        SafetensorsDtype.F16 => float16,
        SafetensorsDtype.BF16 => bfloat16,
        SafetensorsDtype.I64 => int64,
        SafetensorsDtype.I32 => int32,
        SafetensorsDtype.U8 => uint8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "no tensor type holds it"),
    };

    private static ScalarType StoredType(SafetensorsFile file, TensorEntry entry)
    {
        try
        {
            return TypeOf(entry.Dtype);
        }
        catch (ArgumentOutOfRangeException cause)
        {
            throw new InputException(
                file.Location,
                $"tensor '{entry.Name}' has type {entry.Dtype}, and only F64, F32, F16, BF16, I64, I32 and U8 are read here",
                "Convert the file to one of these.",
                cause);
        }
    }

    private static SafetensorsDtype DtypeOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float64 => SafetensorsDtype.F64,
        ScalarType.Float32 => SafetensorsDtype.F32,
        ScalarType.Float16 => SafetensorsDtype.F16,
        ScalarType.BFloat16 => SafetensorsDtype.BF16,
        ScalarType.Int64 => SafetensorsDtype.I64,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "no safetensors type is written for it"),
    };
}
