using MoR.Torch;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The part of PyTorch's <c>torch.nn</c> that needs no modules.</summary>
    public static class nn
    {
        /// <summary>What a loss does with the values of its rows.</summary>
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        /// <summary>Stateless layers and losses.</summary>
        public static class functional
        {
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null)
            {
                var message = mor_softmax(input.Safe, dim, (int)(dtype ?? input.dtype), out var result);
                return Made(message, result, nameof(softmax), input);
            }

            public static Tensor log_softmax(Tensor x, long dim) =>
                Made(mor_log_softmax(x.Safe, dim, out var result), result, nameof(log_softmax), x);

            public static Tensor relu(Tensor x) => x.relu();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            /// <summary>x · sigmoid(x).</summary>
            public static Tensor silu(Tensor x) =>
                Made(mor_silu(x.Safe, out var result), result, nameof(silu), x);

            /// <summary>input · weightsᵀ + bias.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                var message = mor_linear(input.Safe, weights.Safe, bias?.Handle ?? 0, out var result);
                GC.KeepAlive(bias);
                return Made(message, result, nameof(linear), input, weights, bias);
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1) =>
                Made(mor_one_hot(x.Safe, num_classes, out var result), result, nameof(one_hot), x);

            public static Tensor cross_entropy(
                Tensor input,
                Tensor target,
                Tensor? weight = null,
                long ignore_index = -100,
                Reduction reduction = Reduction.Mean,
                double label_smoothing = 0.0)
            {
                var message = mor_cross_entropy(
                    input.Safe,
                    target.Safe,
                    weight?.Handle ?? 0,
                    ignore_index,
                    (long)reduction,
                    label_smoothing,
                    out var result);
                GC.KeepAlive(weight);
                return Made(message, result, nameof(cross_entropy), input, target, weight);
            }

            private static Tensor Made(
                nint message, nint result, string operation, params ReadOnlySpan<Tensor?> arguments)
            {
                TorchException.ThrowIfAny(message, operation, arguments);
                return new Tensor(result);
            }
        }
    }
}
