using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Torch.Tests.Api;

public sealed class CreationTests : TensorTest
{
    [Fact]
    public void Arrays_become_tensors_of_their_own_type()
    {
        Assert.Equal(ScalarType.Float32, tensor(new[] { 1f }).dtype);
        Assert.Equal(ScalarType.Float64, tensor(new[] { 1.0 }).dtype);
        Assert.Equal(ScalarType.Int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(ScalarType.Int32, tensor(new[] { 1 }).dtype);
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(ScalarType.Bool, tensor(new[] { true }).dtype);
        Assert.Equal(ScalarType.BFloat16, tensor(new[] { 1f }, bfloat16).dtype);
        Assert.Equal(ScalarType.Float16, tensor(new[] { 1f }, float16).dtype);
    }

    [Fact]
    public void Values_keep_their_order_and_shape()
    {
        Assert.Equal([2L, 3L], tensor(new[] { 1, 2, 3, 4, 5, 6 }, [2, 3]).shape);
        Assert.Equal(6, tensor(new[] { 1, 2, 3, 4, 5, 6 }, [2, 3]).data<int>()[1, 2]);
        Assertions.Values([1, 2, 3, 4], tensor(new[,] { { 1f, 2f }, { 3f, 4f } }));
        Assertions.Values([7, 8], tensor(new List<long> { 7, 8 }));
        Assert.Empty(tensor(5.0).shape);
        Assert.Throws<ArgumentException>(() => tensor(new[] { 1f, 2f, 3f }, [2, 2]));
    }

    [Fact]
    public void Filled_tensors_have_their_value_and_type()
    {
        Assertions.Values([0, 0, 0, 0, 0, 0], zeros(2, 3));
        Assertions.Values([1, 1], ones(2, dtype: int64));
        Assertions.Values([2.5, 2.5], full([2], 2.5));
        Assert.Equal(ScalarType.Int64, full([2], 3).dtype);
        Assert.Equal(ScalarType.Float32, full([2], 3.0).dtype);
        Assert.Equal([4L, 0L], empty([4, 0]).shape);
        Assert.True(zeros(2, requires_grad: true).requires_grad);
        Assertions.Values([0, 0], zeros_like(ones(2, dtype: int32)));
        Assert.Equal(ScalarType.Float64, ones_like(ones(2, dtype: int32), float64).dtype);
        Assert.Equal([3L], empty_like(ones(3)).shape);
        Assertions.Values([9, 9], full_like(ones(2), 9));
    }

    [Fact]
    public void Ranges_stop_before_their_end()
    {
        Assertions.Values([0, 1, 2], arange(3));
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assertions.Values([1, 1.5], arange(1.0, 2.0, 0.5));
        Assert.Equal(ScalarType.Float32, arange(1.0, 2.0, 0.5).dtype);
        Assertions.Values([2, 3], arange(2, 4, float64));
    }

    [Fact]
    public void Joining_needs_equal_sizes()
    {
        var a = tensor(new[] { 1f, 2f });
        Assertions.Values([1, 2, 1, 2], cat([a, a]));
        Assert.Equal([2L, 2L], stack([a, a]).shape);
        Assertions.Values([1, 1, 2, 2], stack([a, a], 1));

        var error = Assert.Throws<TorchException>(() => cat([zeros(2, 2), zeros(3, 3)]));
        Assert.Contains("cat([2, 2] Float32, [3, 3] Float32)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversions_round_and_copy_only_when_needed()
    {
        var a = tensor(new[] { 1.75f, -2.5f });
        Assertions.Values([1, -2], a.to(int64));
        Assertions.Values([1.75, -2.5], a.to(bfloat16));
        Assert.Equal(a.Address(), a.to(float32).Address());
        Assert.NotEqual(a.Address(), a.to(float32, copy: true).Address());
        var wide = a.to(float64, disposeAfter: true);
        Assert.True(a.IsInvalid);
        Assert.Equal([1.75, -2.5], wide.data<double>().ToArray());
    }

    [Fact]
    public void Devices_read_their_descriptions()
    {
        Assert.Equal(CPU, device("cpu"));
        Assert.Equal((DeviceType.CUDA, 3), (device("cuda:3").type, device("cuda:3").index));
        Assert.Equal("cuda:3", device("cuda:3").ToString());
        Assert.Equal(CPU, zeros(1).device);
        foreach (var wrong in new[] { "tpu", "cuda:x", "cuda:-1", "cuda:1:2", "" })
        {
            var error = Assert.Throws<ArgumentException>(() => device(wrong));
            Assert.Contains($"'{wrong}'", error.Message, StringComparison.Ordinal);
        }
    }
}
