using System.Runtime.InteropServices;

namespace MoR.Torch.Native;

internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint mor_rms_norm(
        TensorHandle x, TensorHandle inverse, TensorHandle h, TensorHandle weight, long first, long count, float epsilon);

    [LibraryImport(Library)]
    internal static partial nint mor_rms_norm_backward(
        TensorHandle dh, TensorHandle dx, TensorHandle carried, int hasCarried, TensorHandle h, TensorHandle inverse,
        TensorHandle weight, long first, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_swiglu(TensorHandle y, TensorHandle gate, TensorHandle up, long first, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_swiglu_backward(
        TensorHandle dGate, TensorHandle dUp, TensorHandle dy, TensorHandle gate, TensorHandle up, long first, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_rotate(
        TensorHandle x, TensorHandle cosines, TensorHandle sines, long heads, long first, long count, float direction);

    [LibraryImport(Library)]
    internal static partial nint mor_attention(
        TensorHandle mixed, TensorHandle logSums, TensorHandle q, TensorHandle k, TensorHandle v, long[] starts, long sequences,
        long heads, long groups, long window, long first, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_attention_backward(
        TensorHandle dq, TensorHandle dk, TensorHandle dv, TensorHandle dMixed, TensorHandle mixed, TensorHandle logSums,
        TensorHandle q, TensorHandle k, TensorHandle v, long[] starts, long sequences, long heads, long groups, long window,
        long first, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_next_token(
        TensorHandle logits, long[] targets, long count, float factor, Span<double> logLikelihoods, Span<byte> hits);

    [LibraryImport(Library)]
    internal static partial nint mor_add_rows(TensorHandle y, long[] rows, TensorHandle x, long count);

    [LibraryImport(Library)]
    internal static partial nint mor_adamw(
        TensorHandle value, TensorHandle first, TensorHandle second, TensorHandle gradient, long start, long count, long decayed,
        in AdamWFactors factors);

    [LibraryImport(Library)]
    internal static partial nint mor_sum_of_squares(TensorHandle values, long start, long count, out double sum);
}
