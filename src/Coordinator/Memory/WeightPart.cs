using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Models;

namespace MoR.Coordinator.Memory;

/// <summary>The backbone's weights as a part of a plan, with the type that would make them smaller as its remedy.</summary>
internal static class WeightPart
{
    /// <summary>The part, and what is mapped beside it.</summary>
    /// <param name="backbone">The folder.</param>
    /// <param name="dtype">The type that is asked for.</param>
    /// <param name="knob">What sets the type, such as <c>backbone.dtype</c>.</param>
    public static (MemoryPart Part, long Mapped) Of(BackboneFolder backbone, RecipeDtype dtype, string knob)
    {
        var memory = backbone.MemoryIn(dtype);
        var (best, size) = Enum.GetValues<RecipeDtype>()
            .Where(other => other != RecipeDtype.F64)
            .Select(other => (other, backbone.MemoryIn(other).Converted))
            .MinBy(pair => pair.Converted);
        var remedy = size < memory.Converted
            ? $"Set {knob} to {best.ToString().ToLowerInvariant()}, where weights take {Sizes.Text(size)}."
            : "Take a smaller backbone.";
        return (new MemoryPart($"weights in {dtype.ToString().ToLowerInvariant()}", memory.Converted, remedy), memory.Mapped);
    }

    /// <summary>Bytes per value of parameters and activations.</summary>
    public static int ComputeBytes(RecipeDtype dtype) => dtype == RecipeDtype.F64 ? 8 : 4;
}
