using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Safetensors;

/// <summary>Files that other programs wrote.</summary>
public sealed class RealWeightsTests
{
    [SkippableFact]
    public void The_story_backbone_has_656000_finite_parameters()
    {
        using var weights = SafetensorsFolder.Open(Folder("weights/story-llama-hf"));

        Assert.Equal(20, weights.Tensors.Count);
        Assert.Equal(656_000, weights.Tensors.Values.Sum(tensor => tensor.Count));
        Assert.Equal("[2048, 128]", weights.Tensors["lm_head.weight"].ShapeText);
        Assert.Equal("lm_head.weight", weights.Files[0].Metadata["model.embed_tokens.weight"]);
        foreach (var name in weights.Tensors.Keys)
        {
            Assert.All(weights.Values<float>(name).ToArray(), value => Assert.InRange(value, -100f, 100f));
        }
    }

    [SkippableFact]
    public void Writing_the_random_backbone_again_keeps_every_value()
    {
        using var weights = SafetensorsFolder.Open(Folder("weights/verl-arith-llama-random"));
        Assert.All(weights.Tensors.Values, tensor => Assert.Equal(SafetensorsDtype.BF16, tensor.Dtype));

        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, weights.Tensors.Values.Select(tensor => new TensorSource(
            tensor.Name, tensor.Dtype, tensor.Shape, values => values.Write(weights.Bytes(tensor.Name)))));
        using var copy = SafetensorsFile.FromBytes(stream.ToArray(), "copy");

        Assert.Equal(weights.Tensors.Count, copy.Tensors.Count);
        Assert.All(
            weights.Tensors.Keys, name => Assert.True(weights.Bytes(name).SequenceEqual(copy.Bytes(name)), name));
    }

    private static string Folder(string name)
    {
        var data = Environment.GetEnvironmentVariable("MOR_TEST_DATA");
        if (string.IsNullOrEmpty(data))
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "MoR.Distributed.sln")))
            {
                root = root.Parent;
            }

            data = Path.Combine(root?.FullName ?? ".", "..", "shared", "data");
        }

        var folder = Path.Combine(data, name);
        Skip.IfNot(Directory.Exists(folder), $"{folder} is not here; set MOR_TEST_DATA to the folder of test data.");
        return folder;
    }
}
