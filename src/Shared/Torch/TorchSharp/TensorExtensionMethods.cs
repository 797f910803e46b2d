namespace TorchSharp;

/// <summary>The value of a tensor of one element, on any device and of any dtype, as a .NET number.</summary>
public static class TensorExtensionMethods
{
    public static Scalar ToScalar(this torch.Tensor value) => value.Value();

    public static float ToSingle(this torch.Tensor value) => value.Value().ToSingle();

    public static double ToDouble(this torch.Tensor value) => value.Value().ToDouble();

    public static int ToInt32(this torch.Tensor value) => value.Value().ToInt32();

    public static long ToInt64(this torch.Tensor value) => value.Value().ToInt64();

    public static bool ToBoolean(this torch.Tensor value) => value.Value().ToBoolean();
}
