using MoR.Model.Safetensors;
using MoR.Torch;

namespace MoR.Model.Backbone;

/// <summary>What a backbone's tensors take in the memory of the machine, in bytes.</summary>
/// <param name="Converted">Copies in another type than the files'.</param>
/// <param name="Mapped">Values that are used where the files are mapped; the kernel drops them when memory is short, and reads
/// them again.</param>
public readonly record struct WeightMemory(long Converted, long Mapped)
{
    /// <summary>The arithmetic, tensor by tensor, for weights that stay on the CPU.</summary>
    public static WeightMemory Of(BackboneTensors tensors, SafetensorsFolder files, WeightTypes types)
    {
        var sum = default(WeightMemory);
        foreach (var (name, _) in tensors.All)
        {
            var entry = files.Tensors[name];
            var bytes = entry.Count * ScalarTypes.SizeInBytes(types.Of(entry));
            sum = bytes == entry.Length && entry.IsAligned
                ? sum with { Mapped = sum.Mapped + bytes }
                : sum with { Converted = sum.Converted + bytes };
        }

        return sum;
    }
}
