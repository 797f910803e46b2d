using System.Runtime.InteropServices;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>
/// Takes a received message apart, tensor by tensor. Its tensors are freed in the end, and what was made of them too unless
/// <see cref="Keep"/> says that all is well.
/// </summary>
internal sealed class MessageReader(WireMessage message, WireRows rows) : IDisposable
{
    private readonly string _kind = message.Envelope.BodyCase.ToString();
    private readonly List<TensorPayload> _made = [];
    private int _next;

    /// <summary>An error about a field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="allowed">What it may hold.</param>
    public WireFormatException Wrong(string field, object? value, string allowed) =>
        new(_kind, field, FormattableString.Invariant($"{value ?? "nothing"}"), allowed);

    /// <exception cref="WireFormatException">The value is out of range.</exception>
    public void RequireWithin(string field, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw Wrong(field, value, $"in {least}..{most}");
        }
    }

    /// <exception cref="WireFormatException">A list or the tensors have another length.</exception>
    public void RequireCount(string field, int count, int expected)
    {
        if (count != expected)
        {
            throw Wrong(field, $"a list of {count}", $"a list of {expected}");
        }
    }

    /// <summary>Checks how many tensors there are.</summary>
    public void RequireTensors(int expected) => RequireCount("tensors", message.Tensors.Count, expected);

    /// <summary>Checks a key.</summary>
    public RequestKey ReadKey(Key? key, Direction direction, int dispatchPoints, int shards)
    {
        if (key is null)
        {
            throw Wrong("key", null, "a key");
        }

        RequireWithin("key.epoch", key.Epoch, 0, long.MaxValue);
        RequireWithin("key.step", key.Step, 0, long.MaxValue);
        RequireWithin("key.micro_batch", key.MicroBatch, 0, int.MaxValue);
        RequireWithin("key.dispatch_point", key.DispatchPoint, 0, dispatchPoints - 1);
        RequireWithin("key.shard", key.Shard, 0, shards - 1);
        return key.ToRequestKey(direction);
    }

    /// <summary>The key of an answer, which must be that of what was asked.</summary>
    public void RequireKey(Key? key, RequestKey asked)
    {
        if (key?.ToRequestKey(asked.Direction) != asked)
        {
            throw Wrong("key", key, $"the key that was asked, {asked}");
        }
    }

    /// <summary>Checks one of the tensors, which there must be.</summary>
    public void RequireTensor(int place, string field, ElementType type, ReadOnlySpan<long> shape)
    {
        var tensor = message.Tensors[place];
        if (tensor.Type != type || !SameShape(tensor.Shape, shape))
        {
            throw Wrong(
                $"{field} (tensor {place})", $"{tensor.Type} [{string.Join(", ", tensor.Shape)}]",
                $"{type} [{string.Join(", ", shape.ToArray())}]");
        }
    }

    /// <summary>Checks the type of one of the tensors, which there must be, whatever its shape.</summary>
    public void RequireType(int place, string field, params ReadOnlySpan<ElementType> types)
    {
        var tensor = message.Tensors[place];
        if (!types.Contains(tensor.Type))
        {
            throw Wrong($"{field} (tensor {place})", tensor.Type, $"one of {string.Join(", ", types.ToArray())}");
        }
    }

    /// <summary>The next tensor as whole numbers, however many; of one dimension.</summary>
    public int[] TakeIntegers(string field) =>
        TakeIntegers(field, message.Tensors[_next].Shape is [var count] ? count : 0);

    /// <summary>The next tensor as whole numbers; [count].</summary>
    public int[] TakeIntegers(string field, long count)
    {
        RequireTensor(_next, field, ElementType.I32, [count]);
        var values = new int[count];
        MemoryMarshal.Cast<byte, int>(message.Tensors[_next++].Bytes.Span).CopyTo(values);
        return values;
    }

    /// <summary>The next tensor, rows of a width, at least one.</summary>
    public TensorPayload TakeRows(string field, long width)
    {
        var count = message.Tensors[_next].Shape is [var given, ..] ? given : 0;
        RequireTensor(_next, field, rows.Type, [count, width]);
        return count is >= 1 and <= int.MaxValue
            ? TakeRows()
            : throw Wrong(field, $"a tensor of {count} rows", $"one of 1 to {int.MaxValue} rows");
    }

    /// <summary>The next tensor, rows, which was checked.</summary>
    public TensorPayload TakeRows() => Made(rows.Decode((TorchWireTensor)message.Tensors[_next++]));

    /// <summary>The next tensor, which is not rounded and was checked.</summary>
    public TensorPayload TakeExact() => Made(rows.DecodeExact((TorchWireTensor)message.Tensors[_next++]));

    /// <summary>The next tensor, which is not rounded.</summary>
    public TensorPayload TakeExact(string field, long count)
    {
        RequireTensor(_next, field, rows.ExactType, [count]);
        return TakeExact();
    }

    /// <summary>All is well: what was made of the tensors stays.</summary>
    public T Keep<T>(T result)
    {
        _made.Clear();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var payload in _made)
        {
            payload.Dispose();
        }

        message.Dispose();
    }

    private TensorPayload Made(Tensor tensor)
    {
        var payload = new TorchPayload(tensor);
        _made.Add(payload);
        return payload;
    }

    private static bool SameShape(IReadOnlyList<long> given, ReadOnlySpan<long> expected)
    {
        if (given.Count != expected.Length)
        {
            return false;
        }

        for (var i = 0; i < expected.Length; i++)
        {
            if (given[i] != expected[i])
            {
                return false;
            }
        }

        return true;
    }
}
