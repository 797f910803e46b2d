using System.Buffers.Binary;
using MoR.Cluster.Errors;

namespace MoR.Model.Safetensors;

/// <summary>
/// The header of a safetensors file (huggingface/safetensors, README "Format"): eight bytes N (little-endian), then N
/// bytes of JSON padded with spaces, then the values, which the tensors cover exactly, without overlap or gap.
/// </summary>
public sealed class SafetensorsHeader
{
    /// <summary>The format's own limit on the JSON, in bytes.</summary>
    public const int MaxJsonBytes = 100_000_000;

    /// <summary>Bytes of the number in front of the JSON.</summary>
    public const int PrefixBytes = 8;

    private const int LongestQuote = 200;

    private const string AskForAnotherCopy =
        "The file is damaged or is no safetensors file; copy or download it again.";

    private SafetensorsHeader(
        OrderedDictionary<string, TensorEntry> tensors, IReadOnlyDictionary<string, string> metadata, long dataOffset)
    {
        Tensors = tensors;
        Metadata = metadata;
        DataOffset = dataOffset;
    }

    /// <summary>The tensors in the order of their values in the file.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>
    /// The free-form strings under <c>__metadata__</c>, in the order of the file; empty where there are none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes from the start of the file to the first value.</summary>
    public long DataOffset { get; }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="start">
    /// The start of the file, at least up to the end of the header where the file reaches that far.
    /// </param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <param name="file">The name of the file, for messages.</param>
    /// <exception cref="InputException">
    /// The header breaks the format; the message names file, tensor and value.
    /// </exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> start, long fileLength, string file)
    {
        if (fileLength < PrefixBytes || start.Length < PrefixBytes)
        {
            throw Damaged(file, $"it has {fileLength} bytes, a safetensors file has at least {PrefixBytes}");
        }

        var jsonBytes = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (jsonBytes > MaxJsonBytes)
        {
            throw Damaged(file, $"its header would have {jsonBytes} bytes, at most {MaxJsonBytes} are allowed");
        }

        var dataOffset = PrefixBytes + (long)jsonBytes;
        if (dataOffset > Math.Min(fileLength, start.Length))
        {
            throw Damaged(
                file,
                $"its header should end at byte {dataOffset}, but the file has {fileLength} bytes: it is cut short");
        }

        var json = new SafetensorsJson(file, dataOffset);
        json.Read(start.Slice(PrefixBytes, (int)jsonBytes));
        return new(InFileOrder(json.Tensors, dataOffset, fileLength, file), json.Metadata, dataOffset);
    }

    internal static InputException Damaged(string file, string problem, Exception? cause = null) =>
        new(file, problem, AskForAnotherCopy, cause);

    /// <summary>
    /// A text out of a file as a message may show it: of bounded length and without control characters.
    /// </summary>
    internal static string Quote(string text)
    {
        var shown = text.Length <= LongestQuote ? text : text[..LongestQuote] + "...";
        return string.Concat(shown.Select(character => char.IsControl(character) ? '?' : character));
    }

    private static OrderedDictionary<string, TensorEntry> InFileOrder(
        Dictionary<string, TensorEntry>.ValueCollection found, long dataOffset, long fileLength, string file)
    {
        // Tensors without elements share their offset with a neighbour; the name decides between those.
        var sorted = found.ToArray();
        Array.Sort(sorted, (x, y) =>
            (x.Offset, x.Length).CompareTo((y.Offset, y.Length)) is var order and not 0
                ? order
                : string.CompareOrdinal(x.Name, y.Name));
        var ordered = new OrderedDictionary<string, TensorEntry>(sorted.Length, StringComparer.Ordinal);
        var (end, last) = (dataOffset, "");
        foreach (var tensor in sorted)
        {
            // Both ends are at most fileLength + dataOffset here, so no sum overflows.
            if (tensor.Offset + tensor.Length > fileLength)
            {
                throw Damaged(
                    file, $"tensor '{Quote(tensor.Name)}' ends at byte {tensor.Offset + tensor.Length}, "
                    + $"but the file has {fileLength} bytes: it is cut short");
            }

            if (tensor.Offset != end)
            {
                throw Damaged(
                    file, tensor.Offset < end
                        ? $"tensor '{Quote(tensor.Name)}' starts at byte {tensor.Offset}, inside '{Quote(last)}', "
                            + $"which ends at {end}"
                        : $"no tensor covers the {tensor.Offset - end} bytes before '{Quote(tensor.Name)}' "
                            + $"(from byte {end})");
            }

            (end, last) = (tensor.Offset + tensor.Length, tensor.Name);
            ordered.Add(tensor.Name, tensor);
        }

        return end == fileLength
            ? ordered
            : throw Damaged(file, $"no tensor covers its last {fileLength - end} bytes (from byte {end})");
    }
}
