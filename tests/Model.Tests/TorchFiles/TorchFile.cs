using System.IO.Compression;
using System.Text;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.TorchFiles;

/// <summary>
/// Writes what <c>torch.save</c> writes for a dictionary of parameters, from the description of pickle's opcodes (Python's
/// pickletools.py, protocol 2). That real files look like this is tested with a real PyTorch in the end-to-end tests.
/// </summary>
internal static class TorchFile
{
    /// <summary>Writes a whole file of contiguous tensors, each with a storage of its own.</summary>
    public static void Write(
        Stream stream, SafetensorsDtype dtype, IEnumerable<(string Name, long[] Shape, byte[] Values)> tensors)
    {
        var list = tensors.ToArray();
        var pickle = new List<byte>();
        Begin(pickle);
        foreach (var (index, (name, shape, values)) in list.Index())
        {
            var strides = shape.Select((_, axis) => shape[(axis + 1)..].Aggregate(1L, (product, size) => product * size));
            Text(pickle, name);
            Global(pickle, "torch._utils", "_rebuild_parameter");
            Parameter(pickle, dtype, index, values.Length, shape, [.. strides]);
        }

        End(pickle);
        Archive(stream, [.. pickle], [.. list.Select(item => item.Values)]);
    }

    /// <summary>Puts a pickle and storages into a ZIP as PyTorch does.</summary>
    public static void Archive(Stream stream, byte[] pickle, params byte[][] storages)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add("data.pkl", pickle);
        foreach (var (index, storage) in storages.Index())
        {
            Add($"data/{index}", storage);
        }

        Add("version", "3\n"u8.ToArray());

        void Add(string name, byte[] content)
        {
            using var entry = archive.CreateEntry("archive/" + name, CompressionLevel.NoCompression).Open();
            entry.Write(content);
        }
    }

    /// <summary>PROTO 2, EMPTY_DICT, BINPUT 0, MARK.</summary>
    public static void Begin(List<byte> pickle) => pickle.AddRange([0x80, 2, (byte)'}', (byte)'q', 0, (byte)'(']);

    /// <summary>SETITEMS, STOP.</summary>
    public static void End(List<byte> pickle) => pickle.AddRange("u."u8);

    /// <summary>BINUNICODE.</summary>
    public static void Text(List<byte> pickle, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        pickle.Add((byte)'X');
        pickle.AddRange(BitConverter.GetBytes(bytes.Length));
        pickle.AddRange(bytes);
    }

    /// <summary>GLOBAL.</summary>
    public static void Global(List<byte> pickle, string module, string name) =>
        pickle.AddRange(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    /// <summary>The arguments of _rebuild_parameter, a tensor among them, and REDUCE.</summary>
    public static void Parameter(
        List<byte> pickle, SafetensorsDtype dtype, int storage, int bytes, long[] shape, long[] strides)
    {
        var type = dtype switch
        {
            SafetensorsDtype.F16 => "HalfStorage",
            SafetensorsDtype.BF16 => "BFloat16Storage",
            SafetensorsDtype.F64 => "DoubleStorage",
            SafetensorsDtype.I64 => "LongStorage",
            _ => "FloatStorage",
        };
        Global(pickle, "torch._utils", "_rebuild_tensor_v2");
        pickle.Add((byte)'('); // MARK of the tensor's arguments
        pickle.Add((byte)'('); // and of the storage's name
        Text(pickle, "storage");
        Global(pickle, "torch", type);
        Text(pickle, $"{storage}");
        Text(pickle, "cpu");
        Number(pickle, bytes / Math.Max(1, dtype.Bits() / 8));
        pickle.AddRange("tQ"u8); // TUPLE, BINPERSID
        Number(pickle, 0);
        Numbers(pickle, shape);
        Numbers(pickle, strides);
        pickle.Add(0x89); // NEWFALSE
        OrderedDict(pickle);
        pickle.AddRange("tR"u8); // TUPLE, REDUCE
        pickle.Add(0x88); // NEWTRUE
        OrderedDict(pickle);
        pickle.AddRange([0x87, (byte)'R']); // TUPLE3, REDUCE
    }

    private static void OrderedDict(List<byte> pickle)
    {
        Global(pickle, "collections", "OrderedDict");
        pickle.AddRange(")R"u8); // EMPTY_TUPLE, REDUCE
    }

    private static void Numbers(List<byte> pickle, long[] values)
    {
        pickle.Add((byte)'(');
        foreach (var value in values)
        {
            Number(pickle, value);
        }

        pickle.Add((byte)'t');
    }

    /// <summary>BININT1, or LONG1 of eight bytes.</summary>
    private static void Number(List<byte> pickle, long value)
    {
        pickle.AddRange(value is >= 0 and < 256 ? [(byte)'K', (byte)value] : [0x8A, 8, .. BitConverter.GetBytes(value)]);
    }
}
