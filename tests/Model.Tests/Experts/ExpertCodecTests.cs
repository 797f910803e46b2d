using MoR.Model.Experts;
using MoR.Model.Tests.Reference;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>What is read from a message is what was written, down to the bits of what is computed with it.</summary>
public sealed class ExpertCodecTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("mor scope=linear counts=4 shards=4 m=2 balance=0.1 jitter=0.05 dropout=0.1 targets=q_proj,v_proj,o_proj,down_proj")]
    [InlineData("topk scope=block counts=2,4 shards=3 dropout=0.1 balance=0.01")]
    [InlineData("mor counts=4,8 rank=2,5 shards=2 mixing=logit targets=k_proj,gate_proj,up_proj")]
    [InlineData("none dropout=0.2")]
    [InlineData("none targets=q_proj,down_proj")]
    public async Task Experts_behind_messages_train_the_same_adapter_bit_for_bit(string adapter)
    {
        foreach (var (wire, dtype) in (IEnumerable<(WireType, ScalarType)>)
            [
                (WireType.F32, ScalarType.Float32), (WireType.F32, ScalarType.Float64), (WireType.Bf16, ScalarType.Float32),
                (WireType.Int8, ScalarType.Float32), (WireType.Int8, ScalarType.Float64),
            ])
        {
            using var inProcess = new TestTraining(_tiny, AdapterCase.Parse(adapter, 2), dtype: dtype, wire: wire);
            CodecLink? link = null;
            using var behind = new TestTraining(
                _tiny, AdapterCase.Parse(adapter, 2), threads: 3, window: 3, dtype: dtype,
                own: model => link = new CodecLink(model.Parameters, _tiny.ConfigText, wire));
            using var owned = link!;

            var expected = await inProcess.RunAsync(3);
            var actual = await behind.RunAsync(3);

            Assert.Equal(expected.Select(report => report.Loss), actual.Select(report => report.Loss));
            Assert.True(inProcess.Bytes().AsSpan().SequenceEqual(behind.Bytes()), $"{wire}, {dtype}: the bytes differ");
            Assert.InRange(link!.Answered.Carrying, 10, int.MaxValue);
            Assert.InRange(link!.Answered.Keyed, 10, int.MaxValue);
        }
    }

    [Theory]
    [InlineData(WireType.F32)]
    [InlineData(WireType.Bf16)]
    [InlineData(WireType.Int8)]
    public void Sizes_are_those_of_the_messages(WireType wire)
    {
        using var samples = new MessageSamples(wire);
        using var forward = samples.Codec.Encode(samples.Forward, attempt: 0, keep: true);
        using var kept = samples.Codec.Encode(samples.Backward, attempt: 0, carriesForward: false);
        using var carrying = samples.Codec.Encode(samples.Backward, attempt: 0, carriesForward: true);

        Assert.Equal(forward.TensorBytes, samples.Codec.SizeOf(samples.Forward));
        Assert.Equal(kept.TensorBytes, samples.Codec.SizeOf(samples.Backward));
        Assert.Equal(carrying.TensorBytes, samples.Codec.SizeOf(samples.Forward) + samples.Codec.SizeOf(samples.Backward));
    }

    [Fact]
    public void A_block_of_another_length_is_refused()
    {
        using var samples = new MessageSamples();
        using var values = zeros(3);

        var error = Assert.Throws<ArgumentException>(() => new ShardBlock(samples.Layout, 1, 0, values));

        Assert.Contains("not 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WireType.Bf16)]
    [InlineData(WireType.Int8)]
    public async Task Only_training_steps_are_rounded(WireType wire)
    {
        using var samples = new MessageSamples();
        var link = new InProcessExpertLink(new InlineExecutor(), samples.Shard, samples.Forward.ShardVersion, wire);
        var outside = samples.Forward with { Key = samples.Forward.Key with { Step = 0 } };
        using var exact = ExpertMath.Forward(samples.Shard, samples.Forward);

        using var trained = await link.ForwardAsync(samples.Forward, CancellationToken.None);
        using var evaluated = await link.ForwardAsync(outside, CancellationToken.None);

        var expected = TestModel.BytesOf(TorchPayload.Of(exact.Deltas[0]!));
        Assert.Equal(expected, TestModel.BytesOf(TorchPayload.Of(evaluated.Deltas[0]!)));
        Assert.NotEqual(expected, TestModel.BytesOf(TorchPayload.Of(trained.Deltas[0]!)));
    }
}
