using System.Buffers.Binary;
using System.Text;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.TorchFiles;

/// <summary>
/// Reads the pickle of a <c>torch.save</c> file (Python's pickletools.py describes the opcodes). A pickle is a program that
/// names functions to call; here only those that build tensors and dictionaries are known, each is carried out by this
/// class, and any other ends the reading.
/// </summary>
internal sealed class PickleReader(string file, byte[] bytes)
{
    private const int MostDimensions = 8;
    private static readonly object Mark = new();

    private static readonly Dictionary<string, SafetensorsDtype> Storages = new(StringComparer.Ordinal)
    {
        ["torch FloatStorage"] = SafetensorsDtype.F32,
        ["torch HalfStorage"] = SafetensorsDtype.F16,
        ["torch BFloat16Storage"] = SafetensorsDtype.BF16,
        ["torch DoubleStorage"] = SafetensorsDtype.F64,
    };

    private readonly Stack<object?> _stack = new();
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;

    /// <summary>The tensors of the dictionary that the pickle holds, in its order.</summary>
    /// <exception cref="InputException">It is damaged, or holds or calls anything else.</exception>
    public IReadOnlyList<(string Name, PickledTensor Tensor)> ReadTensors()
    {
        var root = Run() as Dictionary<object, object?> ?? throw Wrong("it holds no dictionary of tensors");
        var tensors = new List<(string, PickledTensor)>();
        foreach (var (key, value) in root)
        {
            tensors.Add(key is string name and not "__metadata__" && value is PickledTensor tensor
                ? (name, tensor)
                : throw Wrong($"{SafetensorsHeader.Quote(key.ToString() ?? "")} is not the name of a tensor"));
        }

        return tensors;
    }

    private object? Run()
    {
        while (true)
        {
            var opcode = (char)Byte();
            if (opcode == '.')
            {
                return Pop();
            }

            if (!Push(opcode) && !Build(opcode) && !Remember(opcode))
            {
                throw Wrong($"its pickle has the opcode 0x{(int)opcode:X2}, which no tensors need");
            }
        }
    }

    /// <summary>Opcodes that push a value.</summary>
    private bool Push(char opcode)
    {
        object? value;
        switch (opcode)
        {
            case '(': value = Mark; break;
            case 'N': value = null; break;
            case '\x88': value = true; break;
            case '\x89': value = false; break;
            case 'K': value = (long)Byte(); break;
            case 'M': value = (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)); break;
            case 'J': value = (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)); break;
            case '\x8A': value = Long(Byte()); break;
            case 'G': value = BinaryPrimitives.ReadDoubleBigEndian(Take(8)); break;
            case 'X': value = Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case '\x8C': value = Text(Byte()); break;
            case ')': value = Array.Empty<object?>(); break;
            case '}': value = NewDictionary(); break;
            case ']': value = new List<object?>(); break;
            case 'c': value = new Named($"{Line()} {Line()}"); break;
            default: return false;
        }

        _stack.Push(value);
        return true;
    }

    /// <summary>Opcodes that make one value of others.</summary>
    private bool Build(char opcode)
    {
        switch (opcode)
        {
            case '\x85': PushTuple(1); break;
            case '\x86': PushTuple(2); break;
            case '\x87': PushTuple(3); break;
            case 't': _stack.Push(ToMark()); break;
            case 'a': AddItems([Pop()]); break;
            case 'e': AddItems(ToMark()); break;
            case 's':
                var value = Pop();
                SetItems([Pop(), value]);
                break;
            case 'u': SetItems(ToMark()); break;
            case 'R':
                var arguments = Pop<object?[]>();
                _stack.Push(Call(Pop<Named>().Name, arguments));
                break;
            case '\x93':
                var name = Pop<string>();
                _stack.Push(new Named($"{Pop<string>()} {name}"));
                break;
            case 'Q': _stack.Push(Storage(Pop<object?[]>())); break;
            case 'b':
                // State that a module's state_dict hangs on its dictionary (_metadata); it has no values.
                Pop();
                Peek<Dictionary<object, object?>>();
                break;
            default: return false;
        }

        return true;
    }

    /// <summary>Opcodes of the memo, and those that say how the pickle is written.</summary>
    private bool Remember(char opcode)
    {
        switch (opcode)
        {
            case 'q': _memo[Byte()] = Peek<object?>(); break;
            case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek<object?>(); break;
            case '\x94': _memo[_memo.Count] = Peek<object?>(); break;
            case 'h': _stack.Push(Remembered(Byte())); break;
            case 'j': _stack.Push(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case '\x80': Byte(); break; // protocol
            case '\x95': Take(8); break; // length of a frame
            default: return false;
        }

        return true;
    }

    private object Call(string function, object?[] arguments) => function switch
    {
        "collections OrderedDict" when arguments.Length == 0 => NewDictionary(),
        "torch._utils _rebuild_tensor_v2" when arguments.Length >= 4 => Tensor(arguments),
        "torch._utils _rebuild_parameter" when arguments is [PickledTensor tensor, ..] => tensor,
        _ => throw Wrong(
            $"it would call {SafetensorsHeader.Quote(function)} with {arguments.Length} arguments, which builds no tensor; "
            + "nothing of it was run"),
    };

    private PickledTensor Tensor(object?[] arguments)
    {
        if (arguments is not [PickledStorage storage, long offset, object?[] shape, object?[] strides, ..]
            || offset < 0 || shape.Length != strides.Length || shape.Length > MostDimensions
            || shape.Concat(strides).Any(size => size is not (>= 0L and <= int.MaxValue)))
        {
            throw Wrong("a tensor has a shape that cannot be");
        }

        return new PickledTensor(storage, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()]);
    }

    private PickledStorage Storage(object?[] id) => id is ["storage", Named type, string key, ..]
        ? Storages.TryGetValue(type.Name, out var dtype)
            ? new PickledStorage(key, dtype)
            : throw Wrong($"a tensor has the type {SafetensorsHeader.Quote(type.Name)}, which is not read here")
        : throw Wrong("it refers to something that is no storage");

    private void AddItems(object?[] items) => Peek<List<object?>>().AddRange(items);

    private void SetItems(object?[] items)
    {
        var dictionary = Peek<Dictionary<object, object?>>();
        for (var i = 0; i + 1 < items.Length; i += 2)
        {
            dictionary[items[i] ?? ""] = items[i + 1];
        }
    }

    private void PushTuple(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        _stack.Push(items);
    }

    private object?[] ToMark()
    {
        var items = new List<object?>();
        while (Pop(allowMark: true) is var item && !ReferenceEquals(item, Mark))
        {
            items.Add(item);
        }

        items.Reverse();
        return [.. items];
    }

    private object? Pop(bool allowMark = false) =>
        _stack.TryPop(out var value) && (allowMark || !ReferenceEquals(value, Mark))
            ? value
            : throw Wrong("its pickle takes more than it has");

    private T Pop<T>() => Pop() is T value
        ? value
        : throw Wrong($"its pickle has something else where a {typeof(T).Name} belongs");

    private T Peek<T>() => _stack.TryPeek(out var top) && (top is T || (top is null && default(T) is null))
        ? (T)top!
        : throw Wrong("its pickle adds to something that takes nothing");

    private object? Remembered(long place) =>
        _memo.TryGetValue(place, out var value) ? value : throw Wrong("its pickle refers to what it has not had");

    private long Long(int count)
    {
        var value = 0L;
        var digits = count <= sizeof(long) ? Take(count) : throw Wrong("it has a number that is too large");
        for (var i = 0; i < count; i++)
        {
            value |= (long)digits[i] << (8 * i);
        }

        // The last byte's highest bit is the sign.
        return count is > 0 and < sizeof(long) && (digits[count - 1] & 0x80) != 0 ? value - (1L << (8 * count)) : value;
    }

    private string Line()
    {
        var end = Array.IndexOf(bytes, (byte)'\n', _position);
        var line = end >= 0 ? Text(end - _position) : throw Wrong("its pickle is cut off");
        _position++;
        return line;
    }

    private string Text(long count) => Encoding.UTF8.GetString(Take(count));

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > bytes.Length - _position)
        {
            throw Wrong("its pickle is cut off");
        }

        _position += (int)count;
        return bytes.AsSpan(_position - (int)count, (int)count);
    }

    private static Dictionary<object, object?> NewDictionary() => [];

    private InputException Wrong(string problem) =>
        new(file, problem, "Check that it is an adapter's, or convert it to safetensors with a program that you trust.");

    /// <summary>A class or function that the pickle names.</summary>
    private sealed record Named(string Name);
}
