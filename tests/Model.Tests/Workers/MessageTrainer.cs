using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Optimisation;
using MoR.Model.Runtime;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using MoR.Model.Workers;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Workers;

/// <summary>Workers that are asked by messages as over a network, in turn; each loads its own replica of the backbone.</summary>
internal sealed class MessageTrainer : IMicroBatchTrainer, IDisposable
{
    private const long Epoch = 3;
    private readonly List<BackboneReplica> _replicas = [];
    private readonly List<IWorkerMath> _workers = [];
    private readonly long[] _versions;
    private readonly TestModel _model;
    private readonly TrainableState _state;
    private readonly ModelCodec _modelCodec;
    private readonly MicroBatchCodec _codec;

    public MessageTrainer(TinyBackbone tiny, TestModel model, TrainableState state, int workers, WireType wire, bool recompute)
    {
        (_model, _state) = (model, state);
        _modelCodec = new ModelCodec(model.Model.Layout, CPU);
        _codec = new MicroBatchCodec(model.Model.Layout, CPU);
        _versions = [.. Enumerable.Repeat(-1L, workers)];
        var spec = AdapterLayout.Of(model.Parameters).Spec;
        for (var i = 0; i < workers; i++)
        {
            var replica = new BackboneReplica(null, CPU, model.Pool);
            _replicas.Add(replica);
            var node = new TorchNodeMath(new MathPoolExecutor(model.Pool), CPU, new Machine(), 1, replica);
            _workers.Add(node.OpenWorker(
                AdapterShapes.Write(tiny.ConfigText, spec, wire), Replicas.Write(tiny.Folder, model.Backbone, spec, recompute),
                CancellationToken.None));
        }
    }

    public int Places => _workers.Count;

    /// <summary>Micro-batches that were trained.</summary>
    public int Trained { get; private set; }

    public async Task<IMicroBatchDelta> TrainAsync(IMicroBatchWork work, CancellationToken cancel)
    {
        var packed = (PackedWork)work;
        var (worker, context) = (Trained++ % _workers.Count, packed.Context with { Epoch = Epoch });
        if (_versions[worker] != _state.Version)
        {
            _versions[worker] = _state.Version;
            using var model = _modelCodec.Encode(_model.Parameters, _state.RouterState, Epoch, _state.Version);
            await _workers[worker].LoadAsync(model);
        }

        using var message = MicroBatchCodec.Encode(packed.Batch, context, attempt: 2);
        var done = await _workers[worker].TrainAsync(message, cancel);
        var asked = MicroBatchCodec.KeyOf(context);
        Assert.Equal(2, done.Envelope.MicroBatchDone.Attempt);
        Assert.Null(_codec.ProblemOf(done, asked));
        return _codec.DecodeDone(done, context);
    }

    public void Dispose()
    {
        _workers.ForEach(worker => worker.Dispose());
        _replicas.ForEach(replica => replica.Dispose());
    }
}
