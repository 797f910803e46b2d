using System.Runtime.InteropServices;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors.Runtime;

namespace MoR.Model.Safetensors;

/// <summary>
/// A safetensors file, checked whole before anything is read from it (see <see cref="SafetensorsHeader"/>). Spans and
/// addresses stay good until it is disposed.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafetensorsBytes bytes;
    private readonly SafetensorsHeader header;
    private bool isClosed;

    private SafetensorsFile(string location, SafetensorsBytes bytes)
    {
        (Location, this.bytes) = (location, bytes);
        header = SafetensorsHeader.Parse(bytes.Start, bytes.Length, location);
        Unaligned = [.. header.Tensors.Values.Where(tensor => !tensor.IsAligned).Select(tensor => tensor.Name)];
    }

    /// <summary>The path of the file, or the name that was given for its bytes.</summary>
    public string Location { get; }

    /// <summary>The tensors by name, in the order of their values in the file.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => header.Tensors;

    /// <summary>The strings under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>The names of the tensors whose values do not start at a multiple of their element size.</summary>
    public IReadOnlyList<string> Unaligned { get; }

    /// <summary>Maps a file into memory.</summary>
    /// <exception cref="MorException">It is missing, cannot be read or breaks the format.</exception>
    public static SafetensorsFile Open(string path) => Over(path, MappedBytes.Open(path));

    /// <summary>
    /// Takes the content of a file that is in memory already; it must not change until this is disposed.
    /// </summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="InputException">It breaks the format.</exception>
    public static SafetensorsFile FromBytes(ReadOnlyMemory<byte> content, string name) =>
        Over(name, new PinnedBytes(content));

    /// <summary>The description of a tensor.</summary>
    /// <exception cref="InputException">There is none of this name, or its type cannot be read here.</exception>
    public TensorEntry Entry(string name)
    {
        if (!Tensors.TryGetValue(name, out var entry))
        {
            throw new InputException(
                Location, $"it holds no tensor '{name}' among its {Tensors.Count}",
                "Check that the file belongs to this model and is complete.");
        }

        return entry.Dtype.IsSupported()
            ? entry
            : throw new InputException(
                Location, $"tensor '{name}' is {entry.Dtype}, which is not supported (supported: {SupportedNames()})",
                "Convert the file to one of these types.");
    }

    /// <summary>The values of a tensor of less than 2 GiB; use <see cref="Address"/> for a larger one.</summary>
    /// <exception cref="InputException">There is none of this name, or its type cannot be read here.</exception>
    public ReadOnlySpan<byte> Bytes(string name) => Entry(name) is { Length: <= int.MaxValue } entry
        ? Bytes(name, 0, (int)entry.Length)
        : throw new InvalidOperationException($"'{name}' has {Entry(name).Length} bytes, more than a span can hold.");

    /// <summary>A part of the values of a tensor of any size, in bytes.</summary>
    /// <exception cref="InputException">There is none of this name, or its type cannot be read here.</exception>
    public unsafe ReadOnlySpan<byte> Bytes(string name, long start, int length)
    {
        var entry = Entry(name);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, entry.Length - length);
        return new ReadOnlySpan<byte>((byte*)AddressOf(entry) + start, length);
    }

    /// <summary>The values of a tensor as numbers of the machine.</summary>
    /// <typeparam name="T">A type of the tensor's element size, for example <see cref="float"/> for F32.</typeparam>
    /// <exception cref="InputException">There is none of this name, or its type cannot be read here.</exception>
    public ReadOnlySpan<T> Values<T>(string name)
        where T : unmanaged
    {
        var dtype = Entry(name).Dtype;
        return dtype.Bits() == 8 * Marshal.SizeOf<T>()
            ? MemoryMarshal.Cast<byte, T>(Bytes(name))
            : throw new ArgumentException($"'{name}' is {dtype}, not {typeof(T).Name}.", nameof(name));
    }

    /// <summary>The address of the first value of a tensor; <see cref="TensorEntry.Length"/> bytes follow.</summary>
    /// <exception cref="InputException">There is none of this name, or its type cannot be read here.</exception>
    public nint Address(string name) => AddressOf(Entry(name));

    public void Dispose()
    {
        isClosed = true;
        bytes.Dispose();
    }

    private static SafetensorsFile Over(string location, SafetensorsBytes bytes)
    {
        try
        {
            return new SafetensorsFile(location, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static string SupportedNames() =>
        string.Join(", ", Enum.GetValues<SafetensorsDtype>().Where(dtype => dtype.IsSupported()));

    private nint AddressOf(TensorEntry entry)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        return bytes.Address + (nint)entry.Offset;
    }
}
