using MoR.Torch;
using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Automatic differentiation.</summary>
    public static class autograd
    {
        /// <summary>
        /// The gradients of the sum of <paramref name="outputs"/>, weighted by <paramref name="grad_outputs"/>, with
        /// respect to <paramref name="inputs"/>; nothing is accumulated in the tensors.
        /// </summary>
        /// <returns>One tensor per input, shaped like it; null for an input that no output depends on.</returns>
        /// <exception cref="TorchException">
        /// An input is unused and <paramref name="allow_unused"/> is false, or the graph was freed.
        /// </exception>
        public static IList<Tensor> grad(
            IList<Tensor> outputs,
            IList<Tensor> inputs,
            IList<Tensor>? grad_outputs = null,
            bool retain_graph = false,
            bool create_graph = false,
            bool allow_unused = false)
        {
            var results = new nint[inputs.Count];
            var weights = Handles(grad_outputs ?? []);
            var message = mor_grad(
                Handles(outputs),
                outputs.Count,
                Handles(inputs),
                inputs.Count,
                weights,
                weights.Length,
                Flag(retain_graph || create_graph),
                Flag(create_graph),
                Flag(allow_unused),
                results);
            TorchException.ThrowIfAny(message, "autograd.grad", [.. outputs, .. inputs]);
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, result => result == 0 ? null! : new Tensor(result));
        }
    }

    /// <summary>The native addresses, valid while the caller keeps the tensors alive.</summary>
    internal static nint[] Handles(IList<Tensor> tensors)
    {
        var handles = new nint[tensors.Count];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = tensors[i].Handle;
        }

        return handles;
    }
}
