using System.Runtime.InteropServices;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Experts;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>A tensor on the wire is its bytes.</summary>
public sealed class TorchWireTensorTests
{
    [Fact]
    public void Its_bytes_are_the_tensors_memory()
    {
        using var wire = new TorchWireTensor(tensor([1.5f, 2, 3, 4, 5, -6], [2, 3]));

        MemoryMarshal.Cast<byte, float>(wire.Bytes.Span)[5] = 7;

        Assert.Equal([1.5f, 2, 3, 4, 5, 7], wire.Tensor.data<float>().ToArray());
        Assert.Equal((ElementType.F32, 24L), (wire.Type, wire.ByteCount));
        Assert.Equal([2L, 3L], wire.Shape);
        using var pin = wire.Bytes[4..].Pin();
        unsafe
        {
            Assert.Equal(2, *(float*)pin.Pointer);
        }
    }

    [Theory]
    [InlineData(ElementType.F32, 24)]
    [InlineData(ElementType.F64, 48)]
    [InlineData(ElementType.Bf16, 12)]
    [InlineData(ElementType.I32, 24)]
    [InlineData(ElementType.I64, 48)]
    [InlineData(ElementType.Int8Rows, 14)]
    public void Each_type_has_room_of_its_size(ElementType type, int bytes)
    {
        using var wire = new TorchWireMemory().Allocate(type, [2, 3]);

        Assert.Equal((type, (long)bytes, bytes), (wire.Type, wire.ByteCount, wire.Bytes.Length));
        Assert.Equal([2L, 3L], wire.Shape);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    public void A_tensor_may_be_empty(params int[] shape)
    {
        using var wire = new TorchWireMemory().Allocate(ElementType.F32, [.. shape.Select(size => (long)size)]);

        Assert.Equal(0, wire.Bytes.Length);
    }

    [Fact]
    public void What_no_memory_can_be_is_refused()
    {
        var memory = new TorchWireMemory();

        Assert.Throws<ArgumentException>(() => memory.Allocate(ElementType.F32, [1L << 29]));
        Assert.Throws<ArgumentException>(() => memory.Allocate(ElementType.Int8Rows, [5]));
        Assert.Throws<ArgumentException>(() => memory.Allocate((ElementType)9, [1]));
        Assert.Throws<ArgumentException>(() => memory.Allocate(ElementType.F64, [-1]));
    }

    [Fact]
    public void Bytes_that_were_freed_are_not_read()
    {
        var wire = new TorchWireTensor(tensor([1f]));
        var bytes = wire.Bytes;

        wire.Dispose();

        Assert.Throws<ObjectDisposedException>(() => bytes.Span[0]);
    }

    [Fact]
    public void What_is_handed_over_outlives_the_message()
    {
        var wire = new TorchWireTensor(tensor([1f, 2]));
        var bytes = wire.Bytes;

        using var taken = wire.Release();
        wire.Dispose();

        Assert.Equal([1f, 2f], taken.data<float>().ToArray());
        Assert.Throws<ObjectDisposedException>(() => bytes.Span[0]);
    }

    [Fact]
    public void An_alias_is_the_same_memory_under_another_owner()
    {
        var wire = new TorchWireTensor(tensor([1f, 2]));

        using var alias = wire.Alias();
        MemoryMarshal.Cast<byte, float>(wire.Bytes.Span)[1] = 3;
        wire.Dispose();

        Assert.Equal([1f, 3f], alias.Tensor.data<float>().ToArray());
        Assert.Equal((ElementType.F32, 8L), (alias.Type, alias.ByteCount));
    }
}
