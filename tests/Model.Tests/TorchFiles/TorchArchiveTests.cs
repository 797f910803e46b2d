using System.Runtime.InteropServices;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors;
using MoR.Model.TorchFiles;

namespace MoR.Model.Tests.TorchFiles;

/// <summary>Files of <c>torch.save</c> give their tensors and nothing else.</summary>
public sealed class TorchArchiveTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-torch-");

    private string File => Path.Combine(_folder.FullName, "adapter_model.bin");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Tensors_come_as_they_are()
    {
        using (var stream = System.IO.File.Create(File))
        {
            TorchFile.Write(stream, SafetensorsDtype.F32, [("b", [2, 3], Floats(1, 2, 3, 4, 5, 6)), ("a", [1, 1], Floats(7))]);
        }

        using var file = TorchArchive.ToSafetensors(File);

        Assert.Equal(["a F32 [1, 1]", "b F32 [2, 3]"], Describe(file));
        Assert.Equal([1f, 2, 3, 4, 5, 6], file.Values<float>("b").ToArray());
        Assert.Equal([7f], file.Values<float>("a").ToArray());
    }

    [Theory]
    [InlineData(new long[] { 3, 2 }, new long[] { 1, 3 }, new float[] { 1, 4, 2, 5, 3, 6 })]
    [InlineData(new long[] { 2, 2 }, new long[] { 3, 1 }, new float[] { 1, 2, 4, 5 })]
    [InlineData(new long[] { 2, 3 }, new long[] { 0, 1 }, new float[] { 1, 2, 3, 1, 2, 3 })]
    [InlineData(new long[] { 0, 3 }, new long[] { 3, 1 }, new float[] { })]
    [InlineData(new long[] { }, new long[] { }, new float[] { 1 })]
    public void A_view_is_written_out_row_by_row(long[] shape, long[] strides, float[] expected)
    {
        Save(pickle =>
        {
            TorchFile.Text(pickle, "x");
            TorchFile.Global(pickle, "torch._utils", "_rebuild_parameter");
            TorchFile.Parameter(pickle, SafetensorsDtype.F32, 0, 24, shape, strides);
        });

        using var file = TorchArchive.ToSafetensors(File);

        Assert.Equal(shape, file.Tensors["x"].Shape);
        Assert.Equal(expected, file.Values<float>("x").ToArray());
    }

    [Theory]
    [InlineData(new long[] { 2, 4 }, new long[] { 4, 1 }, "reaches beyond its storage")]
    [InlineData(new long[] { 2147483647, 2147483647 }, new long[] { 0, 0 }, "larger than 2 GiB")]
    [InlineData(new long[] { 2, -3 }, new long[] { 3, 1 }, "a shape that cannot be")]
    [InlineData(new long[] { 2, 3 }, new long[] { 3 }, "a shape that cannot be")]
    public void A_view_of_what_is_not_there_is_refused(long[] shape, long[] strides, string expected)
    {
        Save(pickle =>
        {
            TorchFile.Text(pickle, "x");
            TorchFile.Global(pickle, "torch._utils", "_rebuild_parameter");
            TorchFile.Parameter(pickle, SafetensorsDtype.F32, 0, 24, shape, strides);
        });

        Refused(expected);
    }

    [Fact]
    public void What_a_file_would_call_is_named_and_not_run()
    {
        Save(pickle =>
        {
            TorchFile.Text(pickle, "x");
            TorchFile.Global(pickle, "posix", "system");
            TorchFile.Text(pickle, "touch " + Path.Combine(_folder.FullName, "harm"));
            pickle.AddRange([0x85, (byte)'R']); // TUPLE1, REDUCE
        });

        Refused("it would call posix system with 1 arguments");
        Assert.False(Path.Exists(Path.Combine(_folder.FullName, "harm")));
    }

    [Fact]
    public void Whole_numbers_are_no_adapter()
    {
        Save(pickle =>
        {
            TorchFile.Text(pickle, "x");
            TorchFile.Global(pickle, "torch._utils", "_rebuild_parameter");
            TorchFile.Parameter(pickle, SafetensorsDtype.I64, 0, 24, [3], [1]);
        });

        Refused("the type torch LongStorage");
    }

    [Fact]
    public void A_value_that_is_no_tensor_is_named()
    {
        Save(pickle =>
        {
            TorchFile.Text(pickle, "epoch");
            pickle.AddRange([(byte)'K', 3]);
        });

        Refused("epoch is not the name of a tensor");
    }

    [Theory]
    [InlineData("PK\u0003\u0004 and no end")]
    [InlineData("(dp0\n.")]
    [InlineData("")]
    public void What_is_no_ZIP_file_is_refused(string content)
    {
        System.IO.File.WriteAllText(File, content);

        Refused("it is not a ZIP file as PyTorch 1.6 and later write it");
    }

    [Fact]
    public void A_damaged_file_is_refused_or_read_and_never_ends_otherwise()
    {
        using var memory = new MemoryStream();
        TorchFile.Write(memory, SafetensorsDtype.F32, [("b", [2, 3], Floats(1, 2, 3, 4, 5, 6)), ("a", [1, 1], Floats(7))]);
        var whole = memory.ToArray();
        var random = new Cluster.Random.CounterRandom(5);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var bytes = whole.ToArray();
            bytes[random.NextBelow(bytes.Length)] = (byte)random.NextBelow(256);
            System.IO.File.WriteAllBytes(File, i % 4 == 0 ? bytes[..random.NextBelow(bytes.Length)] : bytes);
            try
            {
                TorchArchive.ToSafetensors(File).Dispose();
            }
            catch (MorException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 500, 1999);
    }

    private static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static string[] Describe(SafetensorsFile file) =>
        [.. file.Tensors.Values.Select(entry => $"{entry.Name} {entry.Dtype} {entry.ShapeText}")];

    /// <summary>A dictionary of one entry over a storage of six values.</summary>
    private void Save(Action<List<byte>> entry)
    {
        var pickle = new List<byte>();
        TorchFile.Begin(pickle);
        entry(pickle);
        TorchFile.End(pickle);
        using var stream = System.IO.File.Create(File);
        TorchFile.Archive(stream, [.. pickle], Floats(1, 2, 3, 4, 5, 6));
    }

    private void Refused(string expected)
    {
        var error = Assert.ThrowsAny<MorException>(() => TorchArchive.ToSafetensors(File).Dispose());

        Assert.StartsWith(File, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
