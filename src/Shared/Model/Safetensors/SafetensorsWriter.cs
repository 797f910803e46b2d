using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MoR.Model.Safetensors;

/// <summary>
/// Writes safetensors files whose bytes depend on nothing but the tensors: no dates, and an order of its own. Tensors
/// go by element size, largest first, so that every one is aligned, and by name (ordinal) within a size; metadata by
/// key. The header is padded with spaces to a multiple of 8 bytes.
/// </summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    private static readonly JsonWriterOptions readableNames =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a whole file into a stream; tensors are streamed one after another.</summary>
    /// <exception cref="ArgumentException">
    /// A name occurs twice or is reserved, a size is negative, a type not supported.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// A tensor wrote another number of bytes than type and shape say.
    /// </exception>
    public static void Write(
        Stream stream, IEnumerable<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = tensors
            .OrderByDescending(tensor => tensor.Dtype.Bits())
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)
            .ToArray();
        Check(ordered);
        stream.Write(Header(ordered, metadata));
        foreach (var tensor in ordered)
        {
            var counted = new CountedStream(stream);
            tensor.Write(counted);
            if (counted.Count != tensor.Length)
            {
                throw new InvalidOperationException(
                    $"Tensor '{tensor.Name}' wrote {counted.Count} bytes; its type and shape need {tensor.Length}.");
            }
        }
    }

    private static void Check(TensorSource[] tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"'{tensor.Name}' occurs twice or is reserved.", nameof(tensors));
            }

            if (!tensor.Dtype.IsSupported() || tensor.Shape.Any(size => size < 0))
            {
                throw new ArgumentException(
                    $"'{tensor.Name}' cannot be {tensor.Dtype} [{string.Join(", ", tensor.Shape)}].", nameof(tensors));
            }
        }
    }

    private static byte[] Header(TensorSource[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(new byte[SafetensorsHeader.PrefixBytes]);
        using (var json = new Utf8JsonWriter(buffer, readableNames))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                WriteMetadata(json, metadata);
            }

            var begin = 0L;
            foreach (var tensor in tensors)
            {
                WriteTensor(json, tensor, begin);
                begin += tensor.Length;
            }

            json.WriteEndObject();
        }

        while (buffer.WrittenCount % Alignment != 0)
        {
            buffer.Write(" "u8);
        }

        var header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.PrefixBytes);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorSource tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Dtype.ToString());
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
