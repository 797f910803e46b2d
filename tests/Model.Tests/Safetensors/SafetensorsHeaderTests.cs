using System.Buffers.Binary;
using System.Text;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Safetensors;

public sealed class SafetensorsHeaderTests
{
    [Fact]
    public void A_good_header_gives_every_tensor_in_the_order_of_its_values()
    {
        var file = SafetensorsImage.Good;
        var header = SafetensorsHeader.Parse(file, file.Length, "good");

        Assert.Equal(["a", "b", "empty", "c", "d", "q"], header.Tensors.Keys);
        Assert.Equal(file.Length - 41, header.DataOffset);
        Assert.Equal("naïve \"quotes\"", header.Metadata["source"]);
        var d = header.Tensors["d"];
        Assert.Equal(SafetensorsDtype.I64, d.Dtype);
        Assert.Equal([1, 1, 2], d.Shape);
        Assert.Equal((header.DataOffset + 23, 16L, 2L), (d.Offset, d.Length, d.Count));
        Assert.Equal(1, header.Tensors["c"].Count);
        Assert.Equal("[0, 7]", header.Tensors["empty"].ShapeText);
    }

    [Fact]
    public void The_order_in_the_header_does_not_matter_and_padding_is_allowed()
    {
        const string header =
            """
            {"z":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},
             "y":{"data_offsets":[0,2],"shape":[2],"dtype":"I8"}}
            """;
        var file = SafetensorsImage.Of(header + "   ", 3);

        Assert.Equal(["y", "z"], SafetensorsHeader.Parse(file, file.Length, "padded").Tensors.Keys);
    }

    [Fact]
    public void A_file_without_tensors_is_a_file()
    {
        Assert.Empty(SafetensorsHeader.Parse(SafetensorsImage.Of("{}", 0), 10, "empty").Tensors);
    }

    [Theory]
    [InlineData("""[]""", 0, "does not start with '{'")]
    [InlineData(""" {}""", 0, "does not start with '{'")]
    [InlineData("""{} x""", 0, "not valid JSON")]
    [InlineData("""{"a":""", 0, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}""", 4, "not valid JSON")]
    [InlineData("""{"a":3}""", 0, "tensor 'a' is not described by an object")]
    [InlineData("""{"\ud800":{}}""", 0, "a \\u escape that is no character")]
    [InlineData("""{"a":{}}""", 0, "tensor 'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "tensor 'a' has no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "tensor 'a' has no data_offsets")]
    [InlineData(
        """{"a":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'f32' (known: F64, F32,")]
    [InlineData("""{"a":{"dtype":"I03","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'I03'")]
    [InlineData("""{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}""", 4, "dtype that is not a string")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "has its dtype twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"strides":[1],"data_offsets":[0,4]}}""", 4, "unknown key 'strides'")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "has '-1' in its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "has '1.5' in its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "has '1' in its shape")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}""", 4, "in its shape, whole")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "too large a shape")]
    [InlineData(
        """{"a":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[0,4]}}""", 4, "73786976294838206456 b")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4,
        "F32 [2], 8 bytes, but its data_offsets [0, 4]")]
    [InlineData("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}""", 1, "F4 [3], 2 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "impossible data_offsets: [4, 0]")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775807]}}""", 4, "impossible data_offsets")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "more than 2 numbers in its data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}}""", 4, "data_offsets that are not two numbers")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "ends at byte 66, but the file has 65")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "no tensor covers its last 1 bytes")]
    [InlineData(
        """{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""", 3, "no tensor covers the 1 bytes before 'a'")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "'__metadata__' has 'a' with a value that is not a string")]
    [InlineData("""{"__metadata__":[]}""", 0, "'__metadata__' is not an object")]
    [InlineData("""{"__metadata__":{"a":"","a":""}}""", 0, "'__metadata__' has 'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "'__metadata__' occurs twice")]
    public void A_broken_header_is_refused_with_the_file_the_tensor_and_the_value(
        string json, int dataBytes, string problem)
    {
        var file = SafetensorsImage.Of(json, dataBytes);

        var error = Assert.Throws<InputException>(
            () => SafetensorsHeader.Parse(file, file.Length, "weights/x.safetensors"));
        Assert.StartsWith("weights/x.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("copy or download it again.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_tensors_never_share_a_byte_nor_a_name()
    {
        const string one = """ "a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]} """;
        const string two = """ "b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]} """;
        Refused($"{{{one},{two}}}", 3, "tensor 'b' starts at byte", "inside 'a'");
        Refused($"{{{one},{one.Replace("[0,2]", "[2,4]", StringComparison.Ordinal)}}}", 4, "tensor 'a' occurs twice");
    }

    [Fact]
    public void A_header_length_beyond_the_file_or_the_limit_is_refused_without_reading_on()
    {
        foreach (var (length, problem) in new[]
        {
            (0L, "does not start with '{'"), (3, "it is cut short"), (100_000_000, "it is cut short"),
            (100_000_001, "at most 100000000 are allowed"), (-1, "18446744073709551615 bytes"),
            (long.MinValue, "9223372036854775808 bytes"),
        })
        {
            var file = new byte[10];
            BinaryPrimitives.WriteInt64LittleEndian(file, length);
            var error = Assert.Throws<InputException>(() => SafetensorsHeader.Parse(file, file.Length, "x"));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_with_control_characters_or_without_end_does_not_reach_the_terminal()
    {
        var error = Refused($$"""{"\u001b[2J{{new string('n', 5000)}}":3}""", 0, "?[2Jnnn");

        Assert.True(error.Message.Length < 500, error.Message);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Fact]
    public void A_header_that_is_not_utf_8_is_refused()
    {
        var json = Encoding.UTF8.GetBytes("""{"?":{}}""");
        json[2] = 0xFF;
        var file = SafetensorsImage.Of(json, 0);

        var error = Assert.Throws<InputException>(() => SafetensorsHeader.Parse(file, file.Length, "x"));
        Assert.Contains("not UTF-8", error.Message, StringComparison.Ordinal);
    }

    private static InputException Refused(string json, int dataBytes, params string[] problems)
    {
        var file = SafetensorsImage.Of(json, dataBytes);
        var error = Assert.Throws<InputException>(() => SafetensorsHeader.Parse(file, file.Length, "x"));
        Assert.All(problems, problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
        return error;
    }
}
