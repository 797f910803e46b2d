using TorchSharp;
using static TorchSharp.torch;

namespace MoR.Torch.Tests.Api;

public sealed class TensorTests : TensorTest
{
    [Fact]
    public void An_error_carries_operation_shapes_and_the_first_line_of_the_message()
    {
        var error = Assert.Throws<TorchException>(() => zeros(3, 4).matmul(zeros(5, 6, dtype: float32)));

        Assert.Equal(
            "matmul([3, 4] Float32, [5, 6] Float32): mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)",
            error.Message);
        Assert.StartsWith("matmul", error.Operation, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_in_place_and_of_three_arguments_name_them_all()
    {
        var error = Assert.Throws<TorchException>(
            () => zeros(2).index_add_(0, tensor(new[] { 5L }), zeros(1), 1));
        Assert.StartsWith("index_add_([2] Float32, [1] Int64, [1] Float32): ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);

        error = Assert.Throws<TorchException>(() => nn.functional.linear(zeros(2, 3), zeros(4, 5)));
        Assert.StartsWith("linear([2, 3] Float32, [4, 5] Float32): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_tensor_is_refused_and_disposing_twice_is_once()
    {
        var a = zeros(2);
        a.Dispose();
        a.Dispose();

        Assert.True(a.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => a.exp());
        Assert.Throws<ObjectDisposedException>(() => a.Handle);
        Assert.Throws<ObjectDisposedException>(() => cat([a, a]));
        Assert.Equal("Tensor(disposed)", a.ToString());
    }

    [Fact]
    public void Text_has_shape_dtype_and_device() =>
        Assert.Equal("[2x3], type = Float32, device = cpu", zeros(2, 3).ToString());

    [Fact]
    public void Memory_is_shared_with_the_native_tensor()
    {
        var a = zeros(2, 2);
        a.data<float>()[1, 0] = 5;
        a.bytes[3] = 0x40;
        a.data<float>().CopyFrom([9f], 0, 3);

        Assert.Equal([2f, 0f, 5f, 9f], a.data<float>().ToArray());
        Assert.Equal([2f, 5f, 0f, 9f], a.t().data<float>().ToArray());
        Assert.Equal([2f, 5f, 0f, 9f], a.t().data<float>().AsEnumerable());
        Assert.Equal(5f, a.t().data<float>()[0, 1]);
    }

    [Fact]
    public void Access_of_the_wrong_type_or_place_is_an_error()
    {
        var a = zeros(2, 2);
        var error = Assert.Throws<ArgumentException>(() => a.data<double>());
        Assert.Equal("data<Double>: the tensor's dtype is Float32", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => a.data<float>()[0, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => a.data<float>()[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => a.data<float>()[4]);
        Assert.Throws<InvalidOperationException>(() => a.t().bytes.Length);
        Assert.Throws<ArgumentException>(() => a.item<float>());
        Assert.Throws<ArgumentException>(() => zeros(1).item<double>());
    }

    [Fact]
    public void One_element_converts_to_any_number()
    {
        Assert.Equal(1.5f, tensor(1.5f).item<float>());
        Assert.Equal((Half)1.5f, tensor(new[] { 1.5f }, float16).item<Half>());
        Assert.Equal(1.5f, tensor(new[] { 1.5f }, bfloat16).ToSingle());
        Assert.Equal(long.MaxValue, tensor(long.MaxValue).ToInt64());
        Assert.Equal(3.0, tensor(3).ToDouble());
        Assert.True(tensor(true).ToBoolean());
        Assert.Throws<TorchException>(() => zeros(2).ToSingle());
    }

    [Fact]
    public void Closeness_is_relative_to_the_target()
    {
        Assert.True(tensor(1.0).allclose(tensor(1.0 + 1e-9)));
        Assert.False(tensor(1.0).allclose(tensor(1.001)));
        Assert.False(tensor(double.NaN).allclose(tensor(double.NaN)));
        Assert.True(tensor(double.NaN).allclose(tensor(double.NaN), equal_nan: true));
    }
}
