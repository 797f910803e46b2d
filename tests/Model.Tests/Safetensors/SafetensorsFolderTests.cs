using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Safetensors;

public sealed class SafetensorsFolderTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mor-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void One_file_is_taken_as_it_is_even_beside_an_index()
    {
        Shard("model.safetensors", "a", "b");
        Text(Index, "not even JSON");
        using var opened = SafetensorsFolder.Open(folder.FullName);

        Assert.Equal(["a", "b"], opened.Tensors.Keys);
        Assert.Single(opened.Files);
    }

    [Fact]
    public void Shards_read_as_if_they_were_one_file()
    {
        Shard("model-2.safetensors", "b", "spare");
        Shard("model-1.safetensors", "c", "a");
        Text(
            Index,
            """
            {"metadata":{"total_size":16},
             "weight_map":{"b":"model-2.safetensors","a":"model-1.safetensors","c":"model-1.safetensors"}}
            """);
        using var opened = SafetensorsFolder.Open(folder.FullName);

        Assert.Equal(["a", "c", "b"], opened.Tensors.Keys);
        Assert.Equal(["spare"], opened.Unlisted);
        Assert.Equal([(float)'b'], opened.Values<float>("b").ToArray());
        Assert.Equal(4, opened.Bytes("c").Length);
        Assert.EndsWith("model-2.safetensors", opened.FileOf("b").Location, StringComparison.Ordinal);
        Assert.Contains("no tensor 'spare'", Assert.Throws<InputException>(() => opened.Address("spare")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_shard_is_named_with_what_it_should_hold()
    {
        Shard("model-1.safetensors", "a");
        Text(
            Index,
            """{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-2.safetensors"}}""");

        var error = Refused();
        Assert.Contains("model-2.safetensors: the file is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("holds 2 tensors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"weight_map":{"a":"m.safetensors","x":"m.safetensors"}}""", "sends tensor 'x' to m.safetensors, which")]
    [InlineData("""{"weight_map":{"a":"../m.safetensors"}}""", "sends tensor 'a' to '../m.safetensors', a file name")]
    [InlineData("""{"weight_map":{"a":"m.bin"}}""", "to 'm.bin', a file name that ends in .safetensors")]
    [InlineData("""{"weight_map":{"a":1}}""", "sends tensor 'a' to '', a file name")]
    [InlineData("""{"weight_map":{"a":"m.safetensors","a":"m.safetensors"}}""", "'weight_map' has tensor 'a' twice")]
    [InlineData("""{"weight_map":{}}""", "its 'weight_map' is empty")]
    [InlineData("""{"weight_map":[]}""", "it has no object 'weight_map'")]
    [InlineData("""[]""", "it has no object 'weight_map'")]
    [InlineData("""{"weight_map":{"a":"\ud800"}}""", "it is not valid JSON")]
    [InlineData("""{"weight_map":""", "it is not valid JSON")]
    public void A_broken_index_is_refused_with_the_file_and_the_value(string json, string problem)
    {
        Shard("m.safetensors", "a");
        Text(Index, json);

        var error = Refused();
        Assert.StartsWith(Path.Combine(folder.FullName, Index), error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_weights_says_which_files_it_looked_for()
    {
        Assert.Contains("neither model.safetensors nor model.safetensors.index.json", Refused().Message,
            StringComparison.Ordinal);
    }

    private InputException Refused() =>
        Assert.Throws<InputException>(() => SafetensorsFolder.Open(folder.FullName).Dispose());

    private void Text(string name, string content) => File.WriteAllText(Path.Combine(folder.FullName, name), content);

    // Every tensor is one F32 with the code of its name's first letter.
    private void Shard(string name, params string[] tensors)
    {
        using var stream = File.Create(Path.Combine(folder.FullName, name));
        SafetensorsWriter.Write(stream, tensors.Select(tensor => new TensorSource(
            tensor, SafetensorsDtype.F32, [1], BitConverter.GetBytes((float)tensor[0]))));
    }
}
