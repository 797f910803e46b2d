using System.Runtime.InteropServices;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using MoR.Model.Workers;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Workers;

/// <summary>A micro-batch arrives as it was sent, and nothing else is taken for one.</summary>
public sealed class MicroBatchCodecTests : IDisposable
{
    private static readonly PackedBatch _batch = PackedBatch.ForPrediction([([1, 2, 3, 4], 2), ([5, 6, 7], 0)], [4, 9]);

    private static readonly MicroBatchContext _context = new()
    {
        ShardVersion = 6,
        Training = true,
        Seed = ulong.MaxValue,
        Epoch = 3,
        Step = 7,
        Position = 2,
        StepTargets = 40,
        StepTokens = 50,
        MaskedShards = [1],
    };

    private readonly TinyBackbone _tiny = new();
    private readonly AdapterLayout _layout;
    private readonly MicroBatchCodec _codec;

    public MicroBatchCodecTests()
    {
        _layout = new AdapterLayout(_tiny.Config, AdapterCase.Parse("mor counts=2 shards=2", 2));
        _codec = new MicroBatchCodec(_layout, CPU);
    }

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void A_micro_batch_arrives_as_it_was_sent()
    {
        var (batch, context) = _codec.Decode(MicroBatchCodec.Encode(_batch, _context, attempt: 1));

        Assert.Equal(_context, context with { MaskedShards = _context.MaskedShards });
        Assert.Equal([1], context.MaskedShards);
        Assert.Equal(_batch.Tokens, batch.Tokens);
        Assert.Equal(_batch.Starts, batch.Starts);
        Assert.Equal(_batch.FirstPositions, batch.FirstPositions);
        Assert.Equal(_batch.Rows, batch.Rows);
        Assert.Equal(_batch.Targets, batch.Targets);
        Assert.Equal(_batch.PromptLengths, batch.PromptLengths);
        Assert.Equal(_batch.TaskIds, batch.TaskIds);
    }

    [Theory]
    [InlineData(0, 0, 32, "tokens")]
    [InlineData(0, 0, -1, "tokens")]
    [InlineData(1, 0, 1, "starts[0]")]
    [InlineData(1, 1, 0, "starts")]
    [InlineData(1, 2, 4, "starts at the end")]
    [InlineData(2, 0, 5, "rows")]
    [InlineData(3, 0, 99, "targets")]
    [InlineData(4, 1, 3, "prompt_lengths")]
    public void A_number_out_of_its_range_is_refused_by_name(int tensor, int place, int value, string field)
    {
        var message = MicroBatchCodec.Encode(_batch, _context, attempt: 1);
        MemoryMarshal.Cast<byte, int>(message.Tensors[tensor].Bytes.Span)[place] = value;

        Assert.Equal(field, Refused(message));
    }

    [Fact]
    public void A_key_of_a_shard_and_totals_below_the_batch_are_refused()
    {
        Assert.Contains("shard", Changed(body => body.Key.Shard = 0), StringComparison.Ordinal);
        Assert.Contains("key", Changed(body => body.Key = null), StringComparison.Ordinal);
        Assert.Contains("step", Changed(body => body.Key.Step = 0), StringComparison.Ordinal);
        Assert.Contains("step_targets", Changed(body => body.StepTargets = 3), StringComparison.Ordinal);
        Assert.Contains("masked_shards", Changed(body => body.MaskedShards.Add(2)), StringComparison.Ordinal);
        Assert.Contains("step_tokens", Changed(body => body.StepTokens = 4), StringComparison.Ordinal);

        string Changed(Action<MicroBatch> change)
        {
            var message = MicroBatchCodec.Encode(_batch, _context, attempt: 1);
            change(message.Envelope.MicroBatch);
            return Refused(message);
        }
    }

    [Fact]
    public void An_answer_to_something_else_or_of_another_shape_is_none()
    {
        var asked = MicroBatchCodec.KeyOf(_context);
        Assert.Null(Problem(_ => { }));
        Assert.Contains("key", Problem(body => body.Key.MicroBatch = 1), StringComparison.Ordinal);
        Assert.Contains("loss_values", Problem(body => body.LossValues.Add(1)), StringComparison.Ordinal);
        Assert.Contains("tensors", Problem(body => body.State.Add("layers.0.self_attn.qkv.more")), StringComparison.Ordinal);
        Assert.Contains("router site", Problem(body => body.State[0] = "elsewhere.load"), StringComparison.Ordinal);
        Assert.Contains("again", Problem(body => body.State[1] = body.State[0]), StringComparison.Ordinal);
        Assert.Contains("loss_values", Problem(body => body.Losses.Add("more")), StringComparison.Ordinal);
        Assert.Contains("losses[0]", Problem(body => body.Losses[0] = "a\nb"), StringComparison.Ordinal);
        Assert.Contains("losses", Problem(body =>
        {
            body.Losses.Add(Enumerable.Range(0, 16).Select(number => $"loss_{number}"));
            body.LossValues.Add(new double[16]);
        }), StringComparison.Ordinal);
        Assert.Contains("[2]", Problem(load: tensor(new long[] { 1, 2, 3 })), StringComparison.Ordinal);
        Assert.Contains("[2]", Problem(load: tensor(5L)), StringComparison.Ordinal);
        Assert.Contains("I64", Problem(load: tensor(new double[] { 1, 2 })), StringComparison.Ordinal);
        Assert.Contains("[3]", Problem(main: [1, 2]), StringComparison.Ordinal);
        using var other = new WireMessage(new Envelope { MicroBatchDone = new MicroBatchDone { Key = asked.ToWire() } });
        Assert.Contains("tensors", _codec.ProblemOf(other, asked), StringComparison.Ordinal);

        string? Problem(Action<MicroBatchDone>? change = null, Tensor? load = null, double[]? main = null)
        {
            using var delta = new MicroBatchDelta(new ParameterVector(_layout, float32, CPU))
            {
                Loss = 1.5,
                AuxiliaryLosses = new Dictionary<string, double> { ["balance"] = 2 },
                RouterState = _layout.Sites.ToDictionary(
                    site => $"{site.Name}.load", site => site.Index == 0 && load is not null ? load : tensor(new long[] { 1, 2 })),
                Statistics = _layout.Sites.ToDictionary(
                    site => $"{site.Name}.main", site => site.Index == 0 && main is not null ? main : [3, 4, 5]),
            };
            using var message = _codec.Encode(delta, asked, attempt: 0);
            change?.Invoke(message.Envelope.MicroBatchDone);
            return _codec.ProblemOf(message, asked);
        }
    }

    private string Refused(WireMessage message) => Assert.Throws<WireFormatException>(() => _codec.Decode(message)).Field;
}
