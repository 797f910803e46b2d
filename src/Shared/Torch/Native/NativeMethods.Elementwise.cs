using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_neg(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_exp(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_log(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_sqrt(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_rsqrt(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_abs(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_sin(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_cos(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_sigmoid(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_tanh(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_relu(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_silu(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_reciprocal(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_floor(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_round(TensorHandle a, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_mul(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_div(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_pow(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_maximum(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_minimum(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_add_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_sub_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_mul_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_div_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_pow_scalar(TensorHandle a, Scalar s, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_add(TensorHandle a, TensorHandle b, Scalar alpha, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_sub(TensorHandle a, TensorHandle b, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_clamp(
        TensorHandle a, Scalar min, int hasMin, Scalar max, int hasMax, out nint result);

    [LibraryImport(Library)]
    internal static partial nint mor_zero_(TensorHandle a);

    [LibraryImport(Library)]
    internal static partial nint mor_exp_(TensorHandle a);

    [LibraryImport(Library)]
    internal static partial nint mor_neg_(TensorHandle a);

    [LibraryImport(Library)]
    internal static partial nint mor_sqrt_(TensorHandle a);

    [LibraryImport(Library)]
    internal static partial nint mor_fill_(TensorHandle a, Scalar s);

    [LibraryImport(Library)]
    internal static partial nint mor_add_scalar_(TensorHandle a, Scalar s);

    [LibraryImport(Library)]
    internal static partial nint mor_sub_scalar_(TensorHandle a, Scalar s);

    [LibraryImport(Library)]
    internal static partial nint mor_mul_scalar_(TensorHandle a, Scalar s);

    [LibraryImport(Library)]
    internal static partial nint mor_div_scalar_(TensorHandle a, Scalar s);

    [LibraryImport(Library)]
    internal static partial nint mor_sub_(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    internal static partial nint mor_mul_(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    internal static partial nint mor_div_(TensorHandle a, TensorHandle b);

    [LibraryImport(Library)]
    internal static partial nint mor_add_(TensorHandle a, TensorHandle b, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial nint mor_copy_(TensorHandle a, TensorHandle b, int nonBlocking);

    [LibraryImport(Library)]
    internal static partial nint mor_addcmul_(TensorHandle a, TensorHandle b, TensorHandle c, Scalar value);

    [LibraryImport(Library)]
    internal static partial nint mor_addcdiv_(TensorHandle a, TensorHandle b, TensorHandle c, Scalar value);
}
