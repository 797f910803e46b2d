using System.Runtime.InteropServices;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mor-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_mapped_file_gives_the_bytes_of_every_tensor()
    {
        using var file = SafetensorsFile.Open(Write("x.safetensors", SafetensorsImage.Good));

        Assert.Equal(Enumerable.Range(0, 16).Select(value => (byte)value), file.Bytes("a").ToArray());
        Assert.Equal(Enumerable.Range(16, 6).Select(value => (byte)value), file.Bytes("b").ToArray());
        Assert.Equal([22], file.Bytes("c").ToArray());
        Assert.True(file.Bytes("empty").IsEmpty);
        Assert.Equal(BitConverter.ToInt64([23, 24, 25, 26, 27, 28, 29, 30]), file.Values<long>("d")[0]);
        Assert.Equal(16, Marshal.ReadByte(file.Address("b")));
    }

    [Fact]
    public void A_file_in_memory_reads_like_one_on_disk()
    {
        using var file = SafetensorsFile.FromBytes(SafetensorsImage.Good, "memory");

        Assert.Equal([22], file.Bytes("c").ToArray());
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Tensors_that_are_not_aligned_are_read_and_reported()
    {
        const string header =
            """
            {"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},
             "b":{"dtype":"I32","shape":[1],"data_offsets":[1,5]}}
            """;
        using var padded = SafetensorsFile.FromBytes(SafetensorsImage.Of(header, 5), "memory");

        Assert.Equal(["b"], padded.Unaligned);
        Assert.Equal(BitConverter.ToInt32([1, 2, 3, 4]), padded.Values<int>("b")[0]);
    }

    [Fact]
    public void A_type_that_cannot_be_read_is_an_error_only_for_its_own_tensor()
    {
        using var file = SafetensorsFile.FromBytes(SafetensorsImage.Good, "memory");

        var error = Assert.Throws<InputException>(() => file.Bytes("q").Length);
        Assert.Contains("tensor 'q' is F8_E4M3, which is not supported (supported: F64, F32, F16", error.Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => file.Values<short>("a").Length);
    }

    [Fact]
    public void A_tensor_that_is_not_there_is_named_with_the_file()
    {
        using var file = SafetensorsFile.FromBytes(SafetensorsImage.Good, "memory");

        var error = Assert.Throws<InputException>(() => file.Bytes("lm_head.weight").Length);
        Assert.Contains(
            "memory: it holds no tensor 'lm_head.weight' among its 6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_empty_and_truncated_files_and_folders_are_refused_by_name()
    {
        var truncated = Write("cut.safetensors", SafetensorsImage.Good[..^1]);
        var empty = Write("empty.safetensors", []);
        foreach (var (path, problem) in new[]
        {
            (Path.Combine(folder.FullName, "absent.safetensors"), "no such file"),
            (folder.FullName, "opening the file"),
            (empty, "the file is empty"), (truncated, "it is cut short"),
        })
        {
            var error = Assert.Throws<InputException>(() => SafetensorsFile.Open(path).Dispose());
            Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_closed_file_gives_no_more_bytes()
    {
        var file = SafetensorsFile.Open(Write("x.safetensors", SafetensorsImage.Good));
        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Bytes("a").Length);
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
