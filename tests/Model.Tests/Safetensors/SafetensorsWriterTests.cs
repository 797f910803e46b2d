using System.Text;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void The_bytes_of_a_file_are_the_documented_ones()
    {
        var file = Write(
            [
                new("z", SafetensorsDtype.U8, [3], new byte[] { 1, 2, 3 }),
                new("b", SafetensorsDtype.F32, [1, 2], new byte[] { 0, 0, 128, 63, 0, 0, 0, 64 }),
                new("a", SafetensorsDtype.F32, [], new byte[] { 0, 0, 0, 65 }),
            ],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["y"] = "2", ["x"] = "1" });

        const string header =
            """{"__metadata__":{"x":"1","y":"2"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"""
            + """ "b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]},"""
            + """ "z":{"dtype":"U8","shape":[3],"data_offsets":[12,15]}}""";
        var json = header.Replace(" ", "", StringComparison.Ordinal);
        json = json.PadRight((json.Length + 7) / 8 * 8);
        byte[] expected =
        [
            (byte)json.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(json),
            0, 0, 0, 65, 0, 0, 128, 63, 0, 0, 0, 64, 1, 2, 3,
        ];
        Assert.Equal(expected, file);
    }

    [Fact]
    public void The_order_of_tensors_and_metadata_does_not_change_a_byte()
    {
        var tensors = Enumerable.Range(0, 20)
            .Select(i => new TensorSource($"t{i}", (SafetensorsDtype)(i % 10), [i], new byte[i * Size(i)])).ToArray();
        var first = Write(tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = "1", ["ü"] = "2" });
        Array.Reverse(tensors);
        var second = Write(
            tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["ü"] = "2", ["k"] = "1" });

        Assert.Equal(first, second);
        static int Size(int i) => ((SafetensorsDtype)(i % 10)).Bits() / 8;
    }

    [Fact]
    public void What_is_written_is_read_back_aligned_with_names_of_any_script()
    {
        const int seed = 20;
        var random = new Random(seed);
        var tensors = new List<(string Name, SafetensorsDtype Dtype, byte[] Values)>();
        foreach (var name in new[]
        {
            "layers.0.self_attn.q_proj.lora_A.weight", "ключ", "with \"quotes\" and \\", "e\u0001", "",
        })
        {
            var dtype = (SafetensorsDtype)random.Next(10);
            var values = new byte[random.Next(5) * dtype.Bits() / 8];
            random.NextBytes(values);
            tensors.Add((name, dtype, values));
        }

        var file = Write([.. tensors.Select(tensor => new TensorSource(
            tensor.Name, tensor.Dtype, [tensor.Values.Length * 8 / tensor.Dtype.Bits(), 1], tensor.Values))]);
        using var read = SafetensorsFile.FromBytes(file, "memory");

        Assert.Empty(read.Unaligned);
        Assert.Empty(read.Metadata);
        Assert.All(tensors, tensor => Assert.Equal(tensor.Values, read.Bytes(tensor.Name).ToArray()));
        Assert.All(tensors, tensor => Assert.Equal(tensor.Dtype, read.Tensors[tensor.Name].Dtype));
    }

    [Fact]
    public void A_tensor_that_writes_too_little_or_too_much_is_the_programs_mistake()
    {
        foreach (var count in new[] { 3, 5 })
        {
            var error = Assert.Throws<InvalidOperationException>(
                () => Write([new("a", SafetensorsDtype.F32, [1], new byte[count])]));
            Assert.Contains($"wrote {count} bytes; its type and shape need 4", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Reserved_and_repeated_names_and_unreadable_types_are_never_written()
    {
        var good = new TensorSource("a", SafetensorsDtype.U8, [1], new byte[1]);
        Assert.Throws<ArgumentException>(() => Write([good, good]));
        Assert.Throws<ArgumentException>(() => Write([good with { Name = "__metadata__" }]));
        Assert.Throws<ArgumentException>(() => Write([good with { Dtype = SafetensorsDtype.F8_E5M2 }]));
        Assert.Throws<ArgumentException>(() => Write([good with { Shape = [-1] }]));
    }

    private static byte[] Write(TensorSource[] tensors, Dictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
