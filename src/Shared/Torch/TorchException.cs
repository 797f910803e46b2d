using System.Runtime.InteropServices;
using TorchSharp;

namespace MoR.Torch;

/// <summary>
/// libtorch refused an operation, or could not be loaded. The message has the operation, the shape and dtype of every
/// tensor argument, and the first line of libtorch's own message.
/// </summary>
public sealed class TorchException : Exception
{
    internal TorchException(string operation, string problem, Exception? cause = null)
        : base($"{operation}: {problem}", cause) => Operation = operation;

    /// <summary>The operation, by its TorchSharp name.</summary>
    public string Operation { get; }

    /// <summary>The one place where a native message becomes an exception. Does nothing for null.</summary>
    internal static void ThrowIfAny(nint message, string operation, params ReadOnlySpan<torch.Tensor?> arguments)
    {
        if (message == 0)
        {
            return;
        }

        // Read before the arguments are described: that calls the library too.
        var text = Marshal.PtrToStringUTF8(message)!;
        var described = new List<string>();
        foreach (var argument in arguments)
        {
            if (argument is not null)
            {
                described.Add(TensorText.Describe(argument));
            }
        }

        throw new TorchException($"{operation}({string.Join(", ", described)})", text.Split('\n')[0]);
    }
}
