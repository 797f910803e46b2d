using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Experts;
using MoR.Model.Tests.Reference;
using MoR.Model.Workers;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Workers;

/// <summary>Whole micro-batches on replicas of the backbone: bit for bit what the coordinator's process computes.</summary>
[Collection(nameof(TensorLeakTests))]
public sealed class TorchWorkerMathTests : IDisposable
{
    private const int Steps = 3;
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("none dropout=0.1", 2, WireType.F32)]
    [InlineData("topk scope=linear shards=2 balance=0.1 z=0.1", 1, WireType.Int8)]
    [InlineData("mor shards=3 m=2 balance=0.1 main=0.1 z=0.1 jitter=0.1 dropout=0.1", 2, WireType.Bf16)]
    public async Task Steps_on_workers_change_no_bit_and_leave_no_tensor_behind(string adapter, int workers, WireType wire)
    {
        Collect();
        var (outside, leaked) = (TensorLeaks.Live, TensorLeaks.Count);
        await CompareAsync(adapter, workers, wire);
        Collect();
        Assert.Equal((outside, leaked), (TensorLeaks.Live, TensorLeaks.Count));
    }

    [Fact]
    public Task Workers_do_without_masked_shards_too() => CompareAsync("topk counts=4 k=1 shards=2", 2, WireType.F32, masked: [1]);

    [Fact]
    public void Another_backbone_is_refused_by_its_fingerprint()
    {
        using var other = new TinyBackbone(seed: 2);

        var refusal = Assert.Throws<InputException>(() => Open(other.Folder));

        Assert.Equal("--backbone", refusal.Subject);
        Assert.Contains("fingerprint", refusal.Problem, StringComparison.Ordinal);
        Assert.Contains(other.Folder, refusal.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backbone_that_is_not_here_is_refused_with_what_to_give()
    {
        var refusal = Assert.Throws<InputException>(() => Open(Path.Combine(_tiny.Folder, "nowhere")));

        Assert.Contains("nowhere", refusal.Problem, StringComparison.Ordinal);
        Assert.Contains("--backbone", refusal.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_a_backbone_is_given_up_when_the_node_is_to_stop() =>
        Assert.Throws<OperationCanceledException>(() => Open(_tiny.Folder, new CancellationToken(canceled: true)));

    [Fact]
    public void A_copy_of_the_backbone_elsewhere_will_do() => Open(new TinyBackbone().Folder);

    private async Task CompareAsync(string adapter, int workers, WireType wire, params IReadOnlyList<int> masked)
    {
        var spec = AdapterCase.Parse(adapter, 2);
        using var here = new TestTraining(_tiny, spec, wire: wire);
        MessageTrainer? trainer = null;
        using var there = new TestTraining(
            _tiny, spec, window: 1, wire: wire,
            trainer: (model, state) => trainer = new MessageTrainer(_tiny, model, state, workers, wire, recompute: workers == 1));
        using var _ = trainer;
        (here.Masked, there.Masked) = (masked, masked);

        var (expected, given) = (await here.RunAsync(Steps), await there.RunAsync(Steps));

        Assert.Equal(here.Bytes(), there.Bytes());
        foreach (var (left, right) in expected.Zip(given))
        {
            Assert.Equal((left.Loss, left.GradientNorm), (right.Loss, right.GradientNorm));
            Assert.Equal(left.AuxiliaryLosses.OrderBy(item => item.Key), right.AuxiliaryLosses.OrderBy(item => item.Key));
            Assert.Equal(left.Statistics.OrderBy(item => item.Key), right.Statistics.OrderBy(item => item.Key));
            Assert.Equal(left.Load.OrderBy(item => item.Key), right.Load.OrderBy(item => item.Key));
        }

        Assert.True(trainer!.Trained >= Steps);
    }

    /// <summary>Opens a worker whose backbone is in a folder, for a coordinator that trains on the tiny one.</summary>
    private void Open(string folder, CancellationToken stop = default)
    {
        using var model = new TestModel(_tiny.Folder, TestModel.PlainLora(2));
        using var replica = new BackboneReplica(folder, CPU, model.Pool);
        var node = new TorchNodeMath(model.Math, CPU, new Machine(), 1, replica);
        using var worker = node.OpenWorker(
            AdapterShapes.Write(_tiny.ConfigText, model.Model.Layout.Spec, WireType.F32),
            Replicas.Write(_tiny.Folder, model.Backbone, model.Model.Layout.Spec, recompute: false), stop);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
