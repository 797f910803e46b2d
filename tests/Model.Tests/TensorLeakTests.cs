using MoR.Cluster.Errors;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Segments;
using MoR.Model.Tests.Experts;
using MoR.Model.Tests.Reference;
using MoR.Model.Tests.Segments;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Tests;

/// <summary>Counts of tensors belong to the process, so these tests run while no other does.</summary>
[CollectionDefinition(nameof(TensorLeakTests), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>Every tensor of a step is disposed of in the step; nothing is left to finalizers.</summary>
[Collection(nameof(TensorLeakTests))]
public sealed class TensorLeakTests
{
    [Theory]
    [InlineData("none dropout=0.1")]
    [InlineData("topk scope=linear shards=2 balance=0.1 z=0.1")]
    [InlineData("mor shards=3 m=2 balance=0.1 main=0.1 z=0.1 jitter=0.1 dropout=0.1")]
    [InlineData("mor scope=block mixing=logit counts=2,4 shards=4 targets=o_proj,down_proj")]
    public async Task Training_and_inference_leave_no_tensor_behind(string adapter)
    {
        using var tiny = new TinyBackbone();
        Collect();
        var (outside, leaked) = (TensorLeaks.Live, TensorLeaks.Count);
        await RunAsync(tiny, adapter);
        Collect();
        Assert.Equal((outside, leaked), (TensorLeaks.Live, TensorLeaks.Count));
    }

    [Fact]
    public async Task Experts_behind_messages_leave_no_tensor_behind()
    {
        using var tiny = new TinyBackbone();
        CodecLink? link = null;
        using var training = new TestTraining(
            tiny, AdapterCase.Parse("mor shards=3 m=2 balance=0.1 dropout=0.1", 2),
            own: model => link = new CodecLink(model.Parameters, tiny.ConfigText, WireType.F32));
        using var owned = link!;
        await training.RunAsync(2);
        var live = TensorLeaks.Live;

        await training.RunAsync(3);

        Assert.Equal(live, TensorLeaks.Live);
    }

    [Fact]
    public void Inference_holds_one_layer_at_a_time()
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse("mor shards=2 scope=block", 2));
        using var microBatch = new LlamaMicroBatch(
            model.Model, PackedBatch.ForLogits(tiny.Tokens(6, 1)), MicroBatchContext.Inference(0));
        var before = TensorLeaks.Live;
        var held = new long[2];
        for (var point = 0; point < microBatch.DispatchPoints; point++)
        {
            var requests = microBatch.Forward(point);
            microBatch.ForwardFrozen(point);
            var shard = new ShardParameters(model.Parameters);
            microBatch.AcceptForward(point, [.. requests.Select(request => ExpertMath.Forward(shard, request))]);
            held[point / DispatchPoint.PerLayer] = TensorLeaks.Live - before;
        }

        Assert.True(held[1] < 1.5 * held[0], $"{held[0]} tensors after the first layer, {held[1]} after the second");
    }

    [Fact]
    public async Task A_micro_batch_that_is_given_up_leaves_no_tensor_behind()
    {
        using var tiny = new TinyBackbone();
        Collect();
        var (outside, leaked) = (TensorLeaks.Live, TensorLeaks.Count);
        for (var requests = 0; requests < 16; requests++)
        {
            await FailAsync(tiny, requests);
        }

        Collect();
        Assert.Equal((outside, leaked), (TensorLeaks.Live, TensorLeaks.Count));
    }

    [Fact]
    public void A_backbone_that_does_not_load_leaves_no_tensor_behind()
    {
        using var tiny = new TinyBackbone();
        var config = File.ReadAllText(Path.Combine(tiny.Folder, "config.json"));
        File.WriteAllText(
            Path.Combine(tiny.Folder, "config.json"),
            config.Replace("\"num_hidden_layers\":2", "\"num_hidden_layers\":3", StringComparison.Ordinal));
        using var pool = new MathPool(2);
        Collect();
        var (outside, leaked) = (TensorLeaks.Live, TensorLeaks.Count);

        Assert.Throws<InputException>(
            () => LlamaWeights.Load(tiny.Folder, LlamaConfigFile.Read(tiny.Folder), float64, CPU, pool).Dispose());

        Collect();
        Assert.Equal((outside, leaked), (TensorLeaks.Live, TensorLeaks.Count));
    }

    private static async Task RunAsync(TinyBackbone tiny, string adapter)
    {
        using var training = new TestTraining(tiny, AdapterCase.Parse(adapter, 2));
        await training.StepAsync();
        var live = TensorLeaks.Live;
        for (var step = 2; step <= 20; step++)
        {
            await training.StepAsync();
            Assert.Equal(live, TensorLeaks.Live);
        }

        using var cache = new KeyValueCache(tiny.Config, 20, float32, CPU);
        live = TensorLeaks.Live;
        var adapted = training.Model.Model;
        for (var i = 0; i < 5; i++)
        {
            using var microBatch = new LlamaMicroBatch(
                adapted,
                PackedBatch.ForGeneration((tiny.Tokens(3, (ulong)i), cache.Length)),
                MicroBatchContext.Inference(20),
                cache);
            await training.Model.Runner.ForwardAsync(microBatch, CancellationToken.None);
        }

        Assert.Equal(live, TensorLeaks.Live);
    }

    /// <summary>Opens a step whose link fails at one request.</summary>
    private static async Task FailAsync(TinyBackbone tiny, int request)
    {
        using var training = new TestTraining(
            tiny,
            AdapterCase.Parse("mor shards=2 dropout=0.1 balance=0.1", 2),
            link: inner => new FailingLink(inner, request));

        await Assert.ThrowsAsync<IOException>(training.StepAsync);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
