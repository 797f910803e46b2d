using MoR.Model.Backbone;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Backbone;

public sealed class WeightMemoryTests
{
    [Theory]
    [InlineData(SafetensorsDtype.F32, ScalarType.Float32, ScalarType.Float32, 0, 0, 4, 4)]
    [InlineData(SafetensorsDtype.BF16, ScalarType.Float32, ScalarType.Float32, 4, 4, 0, 0)]
    [InlineData(SafetensorsDtype.BF16, ScalarType.Float32, ScalarType.BFloat16, 4, 0, 0, 2)]
    [InlineData(SafetensorsDtype.F16, ScalarType.Float32, ScalarType.BFloat16, 4, 0, 0, 2)]
    [InlineData(SafetensorsDtype.F32, ScalarType.Float32, ScalarType.BFloat16, 0, 2, 4, 0)]
    [InlineData(SafetensorsDtype.F32, ScalarType.Float64, ScalarType.Float64, 8, 8, 0, 0)]
    public void It_counts_what_is_converted_and_what_is_mapped(
        SafetensorsDtype stored, ScalarType compute, ScalarType matrices,
        int convertedPerNorm, int convertedPerMatrix, int mappedPerNorm, int mappedPerMatrix)
    {
        using var tiny = new TinyBackbone(dtype: stored, architecture: TinyArchitectures.Of("qwen2"));
        using var files = SafetensorsFolder.Open(tiny.Folder);
        long matrixValues = 0, otherValues = 0;
        foreach (var shape in tiny.Shapes.Values)
        {
            _ = shape.Length == 2 ? matrixValues += shape[0] * shape[1] : otherValues += shape[0];
        }

        var memory = WeightMemory.Of(
            BackboneTensors.Find(tiny.Config, files), files, new WeightTypes(compute, matrices));

        Assert.Equal((convertedPerMatrix * matrixValues) + (convertedPerNorm * otherValues), memory.Converted);
        Assert.Equal((mappedPerMatrix * matrixValues) + (mappedPerNorm * otherValues), memory.Mapped);
    }
}
