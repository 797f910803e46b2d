using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Model.Routing;
using MoR.Model.Segments;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>
/// Whole micro-batches and what they add to their step as messages of <c>control.proto</c>, for both ends. What is encoded stays
/// the caller's and may be disposed of at once; what is decoded is taken over. Everything computed travels without rounding.
/// </summary>
/// <param name="layout">The adapter.</param>
/// <param name="device">Where decoded tensors are put.</param>
public sealed class MicroBatchCodec(AdapterLayout layout, Device device)
{
    private const int Parts = 6;
    private const int MostLosses = 16;
    private const int LongestLossName = 64;
    private readonly VectorBlocks _blocks = new(layout);
    private readonly Dictionary<string, RouterTensor> _state = Named(layout, (router, experts) => router.State(experts));
    private readonly Dictionary<string, RouterTensor> _statistics = Named(layout, (router, experts) => router.Statistics(experts));
    private readonly WireRows _rows = new(WireType.F32, float32, device);

    /// <summary>The key of a micro-batch.</summary>
    public static RequestKey KeyOf(MicroBatchContext context) =>
        RequestKey.OfMicroBatch(context.Epoch, context.Step, context.Position);

    /// <summary>Bytes of a micro-batch and of what comes back, about.</summary>
    public long BytesOf(PackedBatch batch) =>
        sizeof(int) * ((long)batch.Tokens.Length + (2 * batch.Rows.Length) + layout.Length);

    /// <summary>A <see cref="MicroBatch"/>.</summary>
    /// <param name="batch">The tokens.</param>
    /// <param name="context">Its place in a step.</param>
    /// <param name="attempt">Comes back with the answer.</param>
    public static WireMessage Encode(PackedBatch batch, MicroBatchContext context, int attempt) => new(
        new Envelope
        {
            MicroBatch = new MicroBatch
            {
                Key = KeyOf(context).ToWire(),
                Attempt = attempt,
                Version = context.ShardVersion,
                Seed = context.Seed,
                StepTargets = context.StepTargets,
                StepTokens = context.StepTokens,
                MaskedShards = { context.MaskedShards },
            },
        },
        [
            .. new[] { batch.Tokens, batch.Starts, batch.Rows, batch.Targets, batch.PromptLengths, [.. batch.TaskIds] }
                .Select(part => new TorchWireTensor(tensor(part))),
        ]);

    /// <summary>Reads a <see cref="MicroBatch"/>.</summary>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public (PackedBatch Batch, MicroBatchContext Context) Decode(WireMessage message)
    {
        using var reader = new MessageReader(message, _rows);
        var body = message.Envelope.MicroBatch;
        var key = body.Key ?? throw reader.Wrong("key", null, "a key");
        reader.RequireWithin("key.step", key.Step, 1, long.MaxValue);
        reader.RequireWithin("key.micro_batch", key.MicroBatch, 0, int.MaxValue);
        reader.RequireWithin("key.dispatch_point", key.DispatchPoint, RequestKey.None, RequestKey.None);
        reader.RequireWithin("key.shard", key.Shard, RequestKey.None, RequestKey.None);
        var batch = ReadBatch(reader);
        reader.RequireWithin("step_targets", body.StepTargets, batch.Targets.Length, long.MaxValue);
        reader.RequireWithin("step_tokens", body.StepTokens, batch.Tokens.Length, long.MaxValue);
        for (var i = 0; i < body.MaskedShards.Count; i++)
        {
            var least = i == 0 ? 0 : body.MaskedShards[i - 1] + 1;
            reader.RequireWithin($"masked_shards[{i}]", body.MaskedShards[i], least, layout.Spec.Experts.Shards - 1);
        }

        return (batch, new MicroBatchContext
        {
            MaskedShards = [.. body.MaskedShards],
            ShardVersion = body.Version,
            Training = true,
            Seed = body.Seed,
            Epoch = key.Epoch,
            Step = key.Step,
            Position = key.MicroBatch,
            StepTargets = body.StepTargets,
            StepTokens = body.StepTokens,
        });
    }

    /// <summary>A <see cref="MicroBatchDone"/>; the delta's memory must not change any more.</summary>
    public WireMessage Encode(MicroBatchDelta delta, RequestKey key, int attempt)
    {
        using var scope = NewDisposeScope();
        var losses = delta.AuxiliaryLosses.OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        var state = delta.RouterState.OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        var statistics = delta.Statistics.OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        return new WireMessage(
            new Envelope
            {
                MicroBatchDone = new MicroBatchDone
                {
                    Key = key.ToWire(),
                    Attempt = attempt,
                    Loss = delta.Loss,
                    Losses = { losses.Select(item => item.Key) },
                    LossValues = { losses.Select(item => item.Value) },
                    State = { state.Select(item => item.Key) },
                    Statistics = { statistics.Select(item => item.Key) },
                },
            },
            [
                .. _blocks.Encode(delta.Gradient.Values),
                .. state.Select(item => WireTensors.Encode(item.Value)),
                .. statistics.Select(item => new TorchWireTensor(tensor(item.Value))),
            ]);
    }

    /// <summary>What makes a message no answer to a micro-batch, or null if it is one. The message stays the caller's.</summary>
    public string? ProblemOf(WireMessage message, RequestKey asked)
    {
        try
        {
            Check(new MessageReader(message, _rows), message.Envelope, asked);
            return null;
        }
        catch (Exception problem) when (problem is WireFormatException or ArgumentException)
        {
            return problem.Message;
        }
    }

    /// <summary>Reads a <see cref="MicroBatchDone"/>.</summary>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public MicroBatchDelta DecodeDone(WireMessage message, MicroBatchContext asked)
    {
        using var reader = new MessageReader(message, _rows);
        Check(reader, message.Envelope, KeyOf(asked));
        var body = message.Envelope.MicroBatchDone;
        var gradient = new ParameterVector(layout, float32, device);
        _blocks.Read(reader, gradient);
        var state = body.State.ToDictionary(name => name, _ => TorchPayload.Of(reader.TakeExact()), StringComparer.Ordinal);
        var statistics = body.Statistics.ToDictionary(name => name, _ => TakeNumbers(reader), StringComparer.Ordinal);
        return reader.Keep(new MicroBatchDelta(gradient)
        {
            MaskedShards = asked.MaskedShards,
            Loss = body.Loss,
            AuxiliaryLosses = body.Losses.Zip(body.LossValues)
                .ToDictionary(item => item.First, item => item.Second, StringComparer.Ordinal),
            RouterState = state,
            Statistics = statistics,
        });
    }

    private void Check(MessageReader reader, Envelope envelope, RequestKey asked)
    {
        if (envelope.BodyCase != Envelope.BodyOneofCase.MicroBatchDone)
        {
            throw reader.Wrong("body", envelope.BodyCase, nameof(MicroBatchDone));
        }

        var body = envelope.MicroBatchDone;
        reader.RequireKey(body.Key, asked);
        reader.RequireCount("loss_values", body.LossValues.Count, body.Losses.Count);
        reader.RequireTensors(_blocks.Count + body.State.Count + body.Statistics.Count);
        _blocks.Check(reader, "gradient");
        Check(reader, body.State, _blocks.Count, "state", _state);
        Check(reader, body.Statistics, _blocks.Count + body.State.Count, "statistics", _statistics);
        reader.RequireWithin("losses", body.Losses.Count, 0, MostLosses);
        WireTensors.RequireOnce(reader, body.Losses, "losses");
        for (var i = 0; i < body.Losses.Count; i++)
        {
            var name = body.Losses[i];
            if (name.Length is 0 or > LongestLossName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                throw reader.Wrong($"losses[{i}]", $"'{name}'", $"a name of at most {LongestLossName} letters, digits and '_'");
            }
        }
    }

    /// <summary>Each of the tensors that there are to be, once, of its type and shape.</summary>
    private static void Check(
        MessageReader reader, IReadOnlyList<string> names, int first, string field, Dictionary<string, RouterTensor> expected)
    {
        reader.RequireCount(field, names.Count, expected.Count);
        WireTensors.RequireOnce(reader, names, field);
        for (var i = 0; i < names.Count; i++)
        {
            if (!expected.TryGetValue(names[i], out var tensor))
            {
                throw reader.Wrong($"{field}[{i}]", $"'{names[i]}'", "one of those of the router sites");
            }

            reader.RequireTensor(first + i, $"{field} '{names[i]}'", TorchWireTensor.ExactType(tensor.Type), [tensor.Length]);
        }
    }

    /// <summary>What the routers of an adapter give beside their decisions, by site and name.</summary>
    private static Dictionary<string, RouterTensor> Named(
        AdapterLayout layout, Func<IRouter, int, IReadOnlyList<RouterTensor>> of) => layout.Sites
        .SelectMany(site => of(layout.Router!, site.Experts).Select(tensor => ($"{site.Name}.{tensor.Name}", tensor)))
        .ToDictionary(item => item.Item1, item => item.tensor, StringComparer.Ordinal);

    private PackedBatch ReadBatch(MessageReader reader)
    {
        reader.RequireTensors(Parts);
        var tokens = reader.TakeIntegers("tokens");
        var starts = reader.TakeIntegers("starts");
        var rows = reader.TakeIntegers("rows");
        var targets = reader.TakeIntegers("targets", rows.Length);
        reader.RequireWithin("starts", starts.Length, 2, tokens.Length + 1L);
        var prompts = reader.TakeIntegers("prompt_lengths", starts.Length - 1);
        var tasks = reader.TakeIntegers("task_ids");
        if (tasks.Length > 0)
        {
            reader.RequireCount("task_ids", tasks.Length, prompts.Length);
        }

        reader.RequireWithin("starts[0]", starts[0], 0, 0);
        reader.RequireWithin("starts at the end", starts[^1], tokens.Length, tokens.Length);
        for (var sequence = 0; sequence < prompts.Length; sequence++)
        {
            reader.RequireWithin("starts", starts[sequence + 1], starts[sequence] + 1L, tokens.Length);
            reader.RequireWithin("prompt_lengths", prompts[sequence], 0, starts[sequence + 1] - starts[sequence]);
        }

        Array.ForEach(tokens, token => reader.RequireWithin("tokens", token, 0, layout.Config.VocabularySize - 1));
        Array.ForEach(targets, token => reader.RequireWithin("targets", token, 0, layout.Config.VocabularySize - 1));
        Array.ForEach(rows, row => reader.RequireWithin("rows", row, 0, tokens.Length - 1));
        return PackedBatch.OfParts(tokens, starts, rows, targets, prompts, tasks);
    }

    private static double[] TakeNumbers(MessageReader reader)
    {
        using var scope = NewDisposeScope();
        using var numbers = reader.TakeExact();
        return TorchPayload.Of(numbers).cpu().data<double>().ToArray();
    }
}
