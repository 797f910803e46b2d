using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Random;
using MoR.Model.Experts;
using MoR.Torch;

namespace MoR.Model.Tests.Experts;

/// <summary>Whatever a peer sends is refused by field and value, or can be computed with; either leaves no tensor behind.</summary>
[Collection(nameof(TensorLeakTests))]
public sealed class HostileMessageTests : IDisposable
{
    private readonly MessageSamples _samples = new();

    /// <summary>A kind of message, what is changed, and how the error begins. Tensor 1 of Forward is [rows 0 2 3, positions 0 1 1 2,
    /// experts 1 3, counts 2 2].</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        { "Forward", "key", "Forward.key: nothing" },
        { "Forward", "key.epoch=-1", "Forward.key.epoch: -1" },
        { "Forward", "key.step=-2", "Forward.key.step: -2" },
        { "Forward", "key.micro_batch=-1", "Forward.key.micro_batch: -1" },
        { "Forward", "key.dispatch_point=-1", "Forward.key.dispatch_point: -1" },
        { "Forward", "key.dispatch_point=8", "Forward.key.dispatch_point: 8 is not in 0..7" },
        { "Forward", "key.dispatch_point=1", "Forward.routes: a list of 2" },
        { "Forward", "key.shard=2", "Forward.key.shard: 2 is not in 0..1" },
        { "Forward", "key.shard=0", "Forward.routes[0].experts[0]: 1 is not an expert of shard 0 of 2" },
        { "Forward", "attempt=-1", "Forward.attempt: -1" },
        { "Forward", "version=-1", "Forward.version: -1" },
        { "Forward", "combine=1", "Forward.combine: 1" },
        { "Forward", "routes[0].rows=0", "Forward.routes[0].rows: 0" },
        { "Forward", "routes[0].rows=-3", "Forward.routes[0].rows: -3" },
        { "Forward", "routes[0].rows=2147483647", "Forward.routes[0].indices (tensor 1): I32 [11]" },
        { "Forward", "routes[0].assignments=-1", "Forward.routes[0].assignments: -1" },
        { "Forward", "routes[0].assignments=7", "Forward.routes[0].assignments: 7 is not in 2..6" },
        { "Forward", "routes[0].experts=3", "Forward.routes[0].experts: 3 is not in 1..2" },
        { "Forward", "routes[1].experts=-2147483648", "Forward.routes[1].experts: -2147483648" },
        { "Forward", "route_of_target[0]=2", "Forward.route_of_target[0]: 2 is not in -1..1" },
        { "Forward", "route_of_target[0]=-2", "Forward.route_of_target[0]: -2" },
        { "Forward", "route_of_target[1]=0", "Forward.route_of_target[1]: 0 is not in -1..-1" },
        { "Forward", "route_of_target[0]=1", "Forward.routes[0]: a route of no target" },
        { "Forward", "route_of_target", "Forward.route_of_target: a list of 0" },
        { "Forward", "routes", "Forward.routes: a list of 0" },
        { "Forward", "tensor 1[0]=-1", "Forward.routes[0].rows[0]: -1 is not in 0..4" },
        { "Forward", "tensor 1[2]=5", "Forward.routes[0].rows[2]: 5 is not in 3..4" },
        { "Forward", "tensor 1[1]=0", "Forward.routes[0].rows[1]: 0 is not in 1..4" },
        { "Forward", "tensor 1[4]=3", "Forward.routes[0].positions[1]: 3 is not in 1..2" },
        { "Forward", "tensor 1[6]=1", "Forward.routes[0].positions[3]: 1 is not in 2..2" },
        { "Forward", "tensor 1[7]=3", "Forward.routes[0].experts[1]: 3 is not in 4..3" },
        { "Forward", "tensor 1[8]=2", "Forward.routes[0].experts[1]: 2 is not an expert of shard 1 of 2" },
        { "Forward", "tensor 1[8]=5", "Forward.routes[0].experts[1]: 5 is not in 2..3" },
        { "Forward", "tensor 1[9]=-1", "Forward.routes[0].counts[0]: -1" },
        { "Forward", "tensor 1[10]=3", "Forward.routes[0].counts[1]: 3 is not in 1..2" },
        { "Forward", "tensor 1[10]=1", "Forward.routes[0].counts: a sum of 3" },
        { "Forward", "tensor 0 F32 5,15", "Forward.rows (tensor 0): F32 [5, 15]" },
        { "Forward", "tensor 0 F32 0,16", "Forward.rows: a tensor of 0 rows" },
        { "Forward", "tensor 0 F32 80", "Forward.rows (tensor 0): F32 [80]" },
        { "Forward", "tensor 0 F32 ", "Forward.rows (tensor 0): F32 []" },
        { "Forward", "tensor 0 F64 5,16", "Forward.rows (tensor 0): F64" },
        { "Forward", "tensor 0 Int8Rows 5,16", "Forward.rows (tensor 0): Int8Rows" },
        { "Forward", "tensor 1 F32 11", "Forward.routes[0].indices (tensor 1): F32" },
        { "Forward", "tensor 2 F32 3", "Forward.routes[0].gates (tensor 2): F32 [3]" },
        { "Forward", "tensor 4", "Forward.tensors: a list of 4" },
        { "ForwardDone", "key.shard=0", "ForwardDone.key" },
        { "ForwardDone", "key", "ForwardDone.key: nothing" },
        { "ForwardDone", "tensor 0 F32 2,16", "ForwardDone.deltas (tensor 0): F32 [2, 16] is not F32 [3, 16]" },
        { "ForwardDone", "tensor 1", "ForwardDone.tensors: a list of 1" },
        { "Backward", "key.step=8", "Backward.key" },
        { "Backward", "version=7", "Backward.version: 7 is not in 6..6" },
        { "Backward", "tensor 1 F32 2,16", "Backward.delta_gradients (tensor 1): F32 [2, 16] is not F32 [2, 8]" },
        { "Backward", "carries_forward=1", "Backward.routes: a list of 0" },
        { "Backward, carrying", "carries_forward=0", "Backward.routes: a list of 2" },
        { "Backward, carrying", "tensor 1[0]=3", "Backward.routes[0].rows[1]: 2 is not in 4..4" },
        { "Backward, carrying", "tensor 5 Bf16 3,16", "Backward.delta_gradients (tensor 5): Bf16" },
        { "BackwardDone", "key.micro_batch=0", "BackwardDone.key" },
        { "BackwardDone", "tensor 0", "BackwardDone.tensors: a list of 2" },
        { "BackwardDone", "tensor 2 F32 3", "BackwardDone.gate_gradients (tensor 2): F32 [3]" },
        { "ParameterGradients", "key.epoch=0", "ParameterGradients.key" },
        { "ParameterGradients", "targets[0]=1", "ParameterGradients.targets: [1, 0, 2]" },
        { "ParameterGradients", "experts[0]=3", "ParameterGradients.experts: [3, 3, 3] is not [1, 3, 3]" },
        { "ParameterGradients", "experts", "ParameterGradients.experts: []" },
        { "ParameterGradients", "tensor 5 F32 8,3", "ParameterGradients.b (tensor 5): F32 [8, 3] is not F32 [8, 2]" },
        { "Publish", "epoch=-1", "Publish.epoch: -1" },
        { "Publish", "version=-1", "Publish.version: -1" },
        { "Publish", "shards[1]=2", "Publish.shards[1]: 2 is not in 1..1" },
        { "Publish", "shards[1]=0", "Publish.shards[1]: 0" },
        { "Publish", "shards", "Publish.tensors: a list of 2" },
        { "Publish", "tensor 1 F32 7", "Publish.parameters[1] (tensor 1): F32 [7]" },
    };

    public void Dispose() => _samples.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_wrong_field_is_named_with_its_value(string kind, string change, string error)
    {
        var live = TensorLeaks.Live;
        using var message = _samples.Make(kind);

        var refused = Assert.Throws<WireFormatException>(() => _samples.Use(Change(message, change)));

        Assert.StartsWith(error, refused.Message, StringComparison.Ordinal);
        message.Dispose();
        Assert.Equal(live, TensorLeaks.Live);
    }

    [Theory]
    [InlineData(WireType.F32)]
    [InlineData(WireType.Bf16)]
    [InlineData(WireType.Int8)]
    public void Messages_that_nobody_changed_are_taken(WireType wire)
    {
        using var samples = new MessageSamples(wire);
        var live = TensorLeaks.Live;
        foreach (var kind in MessageSamples.Kinds)
        {
            samples.Use(samples.Make(kind));
        }

        Assert.Equal(live, TensorLeaks.Live);
    }

    [Fact]
    public void What_is_wrong_with_an_answer_is_told_without_taking_it()
    {
        using var forward = _samples.Make("ForwardDone");
        using var backward = _samples.Make("BackwardDone");
        using var gradients = _samples.Make("ParameterGradients");

        Assert.Null(_samples.Codec.ProblemOf(forward, _samples.Forward));
        Assert.Null(_samples.Codec.ProblemOf(backward, _samples.Backward));
        Assert.Null(_samples.Codec.ProblemOf(gradients, _samples.Backward));
        Assert.Contains("not ForwardDone", _samples.Codec.ProblemOf(backward, _samples.Forward), StringComparison.Ordinal);
        gradients.Envelope.ParameterGradients.Experts[0] = 3;
        Assert.StartsWith(
            "ParameterGradients.experts", _samples.Codec.ProblemOf(gradients, _samples.Backward), StringComparison.Ordinal);
        _samples.Use(forward);
    }

    /// <summary>Every field of every kind of message is reached.</summary>
    [Fact]
    public void Any_change_is_refused_or_computed_with()
    {
        const int Rounds = 3000;
        const ulong Seed = 20;
        var (live, taken, reached) = (TensorLeaks.Live, 0, new HashSet<string>(StringComparer.Ordinal));
        for (var round = 0; round < Rounds; round++)
        {
            var random = new CounterRandom(Seed, (ulong)round);
            var kind = MessageSamples.Kinds[random.NextBelow(MessageSamples.Kinds.Count)];
            var message = _samples.Make(kind);
            for (var changes = 1 + random.NextBelow(2); changes > 0; changes--)
            {
                message = Mutate(message, random, reached);
            }

            try
            {
                _samples.Use(message);
                taken++;
            }
            catch (WireFormatException)
            {
                message.Dispose();
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {Seed}, round {round}, {kind}: {message.Envelope}\n{failure}");
            }
        }

        Assert.InRange(taken, Rounds / 20, Rounds / 2);
        Assert.Equal(live, TensorLeaks.Live);
        Assert.Equal(
            [
                "Backward: 9", "BackwardDone: 2", "Forward: 7", "ForwardDone: 2", "Key: 5", "ParameterGradients: 4", "Publish: 3",
                "RouteHead: 3",
            ],
            reached.GroupBy(field => field.Split('.')[0]).Select(group => $"{group.Key}: {group.Count()}").Order());
    }

    private static WireMessage Mutate(WireMessage message, CounterRandom random, HashSet<string> reached)
    {
        if (random.NextBelow(2) == 0)
        {
            MutateField(Body(message.Envelope), random, reached);
            return message;
        }

        List<WireTensor> tensors = [.. message.Tensors];
        if (tensors.Count == 0)
        {
            return message;
        }

        var place = random.NextBelow(tensors.Count);
        var old = tensors[place];
        switch (random.NextBelow(4))
        {
            case 0:
                tensors.RemoveAt(place);
                old.Dispose();
                break;
            case 1:
                tensors.Add(TorchWireTensor.Allocate(ElementType.F32, [random.NextBelow(4)]));
                break;
            case 2:
                long[] shape = [.. old.Shape.Select(size => random.NextBelow(3) == 0 ? random.NextBelow(20) : size)];
                tensors[place] = Zeros(shape.Length == 2 ? (ElementType)(1 + random.NextBelow(6)) : old.Type, shape);
                old.Dispose();
                break;
            default:
                var values = MemoryMarshal.Cast<byte, int>(old.Bytes.Span);
                if (values.Length > 0)
                {
                    ref var value = ref values[random.NextBelow(values.Length)];
                    value = Interesting(random, value);
                }

                break;
        }

        return new WireMessage(message.Envelope, tensors);
    }

    private static void MutateField(IMessage message, CounterRandom random, HashSet<string> reached)
    {
        var fields = message.Descriptor.Fields.InDeclarationOrder();
        var field = fields[random.NextBelow(fields.Count)];
        reached.Add($"{message.Descriptor.Name}.{field.Name}");
        var value = field.Accessor.GetValue(message);
        switch (value)
        {
            case IMessage inner when random.NextBelow(8) > 0:
                MutateField(inner, random, reached);
                break;
            case IList<RouteHead> { Count: > 0 } heads when random.NextBelow(8) > 0:
                MutateField(heads[random.NextBelow(heads.Count)], random, reached);
                break;
            case IList<RouteHead> heads:
                heads.Add(new RouteHead { Rows = 1, Assignments = 1, Experts = 1 });
                break;
            case IList<int> { Count: > 0 } list when random.NextBelow(8) > 0:
                var place = random.NextBelow(list.Count);
                list[place] = Interesting(random, list[place]);
                break;
            case IList<int> list:
                list.Add(random.NextBelow(3));
                break;
            case int number:
                field.Accessor.SetValue(message, Interesting(random, number));
                break;
            case long number:
                field.Accessor.SetValue(message, (long)Interesting(random, (int)number));
                break;
            case bool flag:
                field.Accessor.SetValue(message, !flag);
                break;
            case Combine:
                field.Accessor.SetValue(message, (Combine)random.NextBelow(3));
                break;
            default:
                field.Accessor.Clear(message);
                break;
        }
    }

    private static int Interesting(CounterRandom random, int value) => random.NextBelow(6) switch
    {
        0 => value + 1,
        1 => value - 1,
        2 => int.MaxValue,
        3 => int.MinValue,
        4 => random.NextBelow(8),
        _ => -value,
    };

    /// <summary>A change by its text: <c>field=value</c>, <c>field</c> to clear it, <c>tensor i[place]=value</c>,
    /// <c>tensor i TYPE SHAPE</c>, or <c>tensor i</c> to leave it out.</summary>
    private static WireMessage Change(WireMessage message, string change)
    {
        var words = change.Split(' ');
        if (words[0] != "tensor")
        {
            Set(Body(message.Envelope), change.Split('='));
            return message;
        }

        List<WireTensor> tensors = [.. message.Tensors];
        var place = words[1][0] - '0';
        if (words[1].Length > 1)
        {
            var parts = words[1].Split('[', ']', '=');
            MemoryMarshal.Cast<byte, int>(tensors[place].Bytes.Span)[int.Parse(parts[1], null)] = int.Parse(parts[3], null);
            return message;
        }

        tensors[place].Dispose();
        if (words.Length == 2)
        {
            tensors.RemoveAt(place);
        }
        else
        {
            var sizes = words[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(size => long.Parse(size, null));
            tensors[place] = Zeros(Enum.Parse<ElementType>(words[2]), [.. sizes]);
        }

        return new WireMessage(message.Envelope, tensors);
    }

    private static void Set(IMessage message, string[] change)
    {
        var path = change[0].Split('.', 2);
        var name = path[0].Split('[')[0];
        var field = message.Descriptor.FindFieldByName(name);
        var value = field.Accessor.GetValue(message);
        var place = path[0].Length > name.Length ? path[0][name.Length + 1] - '0' : -1;
        if (change.Length == 1)
        {
            field.Accessor.Clear(message);
        }
        else if (path.Length > 1)
        {
            Set(place < 0 ? (IMessage)value : ((IList<RouteHead>)value)[place], [path[1], change[1]]);
        }
        else if (value is IList<int> list)
        {
            list[place] = int.Parse(change[1], null);
        }
        else
        {
            field.Accessor.SetValue(message, field.FieldType switch
            {
                FieldType.Int64 => long.Parse(change[1], null),
                FieldType.Bool => change[1] == "1",
                FieldType.Enum => (Combine)int.Parse(change[1], null),
                _ => int.Parse(change[1], null),
            });
        }
    }

    private static IMessage Body(Envelope envelope) => (IMessage)Envelope.Descriptor.Oneofs[0].Accessor
        .GetCaseFieldDescriptor(envelope).Accessor.GetValue(envelope);

    private static TorchWireTensor Zeros(ElementType type, long[] shape)
    {
        var tensor = TorchWireTensor.Allocate(type, shape);
        tensor.Bytes.Span.Clear();
        return tensor;
    }
}
