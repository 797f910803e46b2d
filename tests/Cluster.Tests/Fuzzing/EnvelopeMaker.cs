using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Fuzzing;

/// <summary>Envelopes with every field of one kind of body set, and changes to any one field, by reflection over the schema.</summary>
internal static class EnvelopeMaker
{
    private static readonly long[] _extremes = [0, 1, -1, 255, 65_536, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    /// <summary>The kinds of body that there are.</summary>
    public static IReadOnlyList<FieldDescriptor> Bodies { get; } = [.. Envelope.Descriptor.Oneofs[0].Fields];

    /// <summary>"Forward.key": every field of every message that an envelope can hold.</summary>
    public static IReadOnlyList<string> FieldNames { get; } = [.. Reachable(Envelope.Descriptor, []).Order(StringComparer.Ordinal)];

    public static string NameOf(FieldDescriptor field) => $"{field.ContainingType.Name}.{field.Name}";

    /// <summary>An envelope of a kind, with every field set; its tensors' heads are the caller's.</summary>
    public static Envelope Make(FieldDescriptor body, System.Random random)
    {
        var envelope = new Envelope();
        body.Accessor.SetValue(envelope, Filled(body.MessageType, random));
        return envelope;
    }

    /// <summary>Every field of a message and of the messages in it, set or not, each with the message that it is of.</summary>
    public static IEnumerable<(IMessage Owner, FieldDescriptor Field)> Fields(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            yield return (message, field);
            if (field.FieldType != FieldType.Message)
                continue;
            var value = field.Accessor.GetValue(message);
            foreach (var inner in (value as IList)?.Cast<IMessage>() ?? (value is IMessage one ? [one] : []))
            {
                foreach (var pair in Fields(inner))
                {
                    yield return pair;
                }
            }
        }
    }

    /// <summary>Changes a field: takes it away, gives it an extreme or another value, repeats it.</summary>
    public static void Change(IMessage owner, FieldDescriptor field, System.Random random)
    {
        if (!field.IsRepeated)
        {
            if (random.Next(4) == 0)
                field.Accessor.Clear(owner);
            else
                field.Accessor.SetValue(owner, Value(field, random, isExtreme: true));
            return;
        }

        var list = (IList)field.Accessor.GetValue(owner);
        switch (random.Next(4))
        {
            case 0:
                list.Clear();
                break;
            case 1 when list.Count > 0:
                list.RemoveAt(random.Next(list.Count));
                break;
            case 2 when list.Count > 0 && field.FieldType != FieldType.Message:
                list[random.Next(list.Count)] = Value(field, random, isExtreme: true);
                break;
            default:
                for (var i = random.Next(1, 50); i > 0; i--)
                {
                    list.Add(Value(field, random, isExtreme: true));
                }

                break;
        }
    }

    private static IMessage Filled(MessageDescriptor descriptor, System.Random random)
    {
        var message = descriptor.Parser.ParseFrom([]);
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (!field.IsRepeated)
            {
                field.Accessor.SetValue(message, Value(field, random, isExtreme: false));
                continue;
            }

            var list = (IList)field.Accessor.GetValue(message);
            for (var i = 0; i < 2; i++)
            {
                list.Add(Value(field, random, isExtreme: false));
            }
        }

        return message;
    }

    private static object Value(FieldDescriptor field, System.Random random, bool isExtreme)
    {
        var number = isExtreme && random.Next(2) == 0 ? _extremes[random.Next(_extremes.Length)] : random.Next(1, 1_000);
        return field.FieldType switch
        {
            FieldType.Message => Filled(field.MessageType, random),
            FieldType.Int32 => unchecked((int)number),
            FieldType.Int64 => number,
            FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)number),
            FieldType.Bool => number % 2 == 1,
            FieldType.Double => isExtreme ? BitConverter.Int64BitsToDouble(number) : number,
            FieldType.String => new string((char)random.Next(32, 500), isExtreme ? random.Next(2_000) : 3),
            FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, unchecked((int)number) % (isExtreme ? int.MaxValue : 3)),
            var type => throw new NotSupportedException($"{NameOf(field)} is of type {type}, which the fuzzer does not know"),
        };
    }

    private static HashSet<string> Reachable(MessageDescriptor descriptor, HashSet<string> names)
    {
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (names.Add(NameOf(field)) && field.FieldType == FieldType.Message)
                Reachable(field.MessageType, names);
        }

        return names;
    }
}
