using System.Security.Cryptography;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Runs;
using MoR.Coordinator.Training;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Optimisation;
using MoR.Model.Safetensors;
using MoR.Model.Tensors;
using MoR.Model.Workers;
using MoR.Simulation.Models;
using MoR.Simulation.Worlds;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Simulation.Real;

/// <summary>A coordinator's training of the tiny model.</summary>
internal sealed class TinyTraining : ITraining
{
    private const string MomentsName = "optimizer.safetensors";
    private const string RouterStateName = "router_state.safetensors";
    private const string StepName = "step.txt";
    private readonly TinyModel _model;
    private readonly AdapterTraining _training;
    private readonly ExpertCodec _codec;
    private readonly ModelCodec _models;

    public TinyTraining(TinyModel model)
    {
        _model = model;
        _training = new AdapterTraining(
            TinyModel.Backbone, model.Spec, model.Seed, new AdamWOptions { ClipNorm = 1, WeightDecay = 0.01 },
            new LearningRateSchedule { Peak = 0.01, Steps = model.Steps, WarmupSteps = 2, Decay = DecayShape.Cosine });
        _models = new ModelCodec(_training.Model.Layout, CPU);
        MicroBatches = new PackedMessages(new MicroBatchCodec(_training.Model.Layout, CPU));
        _codec = new ExpertCodec(_training.Model.Layout, WireType.F32, ScalarType.Float32, CPU);
    }

    /// <inheritdoc/>
    public long Version => _training.State.Version;

    /// <inheritdoc/>
    public long Updates => _training.State.Optimiser.Updates;

    /// <summary>Of the adapter's file, AdamW's moments and the routers' state.</summary>
    public ulong Hash
    {
        get
        {
            using var bytes = new MemoryStream();
            foreach (var file in Files())
            {
                file.Write(bytes);
            }

            return BitConverter.ToUInt64(SHA256.HashData(bytes.ToArray()));
        }
    }

    /// <inheritdoc/>
    public IExpertCodec Codec => _codec;

    /// <inheritdoc/>
    public IMicroBatchMessages MicroBatches { get; }

    /// <inheritdoc/>
    public IWireMemory Memory { get; } = new TorchWireMemory();

    /// <summary>Bytes of each shard's parameters.</summary>
    public long[] ShardBytes
    {
        get
        {
            var offsets = _training.Model.Layout.ShardOffsets;
            return [.. Enumerable.Range(0, _model.Shards).Select(shard => sizeof(float) * (offsets[shard + 1] - offsets[shard]))];
        }
    }

    /// <inheritdoc/>
    public IExpertLink InProcess() =>
        new InProcessExpertLink(new InlineExecutor(), new ShardParameters(_training.State.Parameters), _training.State.Version);

    /// <inheritdoc/>
    public PublishedParameters Parameters(long epoch, long version) =>
        new(_models.Encode(_training.State.Parameters, _training.State.RouterState, epoch, version));

    /// <inheritdoc/>
    public Func<CancellationToken, Task<double>> Engine(
        IMathExecutor math, IExpertLink experts, IFatalExit fatal, long epoch, IMicroBatchTrainer trainer)
    {
        _training.Epoch = epoch;
        var engine = new StepEngine<StepReport>(math, experts, _training.State, fatal, _model.Window, trainer);
        return async stop =>
        {
            var step = Version + 1;
            var work = _training.WorkOf(step, _model.Batches(step));
            return (await engine.RunAsync(step, work.MicroBatches, stop)).Loss;
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointFile> Files() =>
    [
        new(AdapterFiles.TensorsName, stream => AdapterFiles.WriteTensors(_training.State.Parameters, stream)),
        new(MomentsName, stream => SafetensorsWriter.Write(stream,
        [
            SafetensorsTensors.Source("first", _training.State.Optimiser.FirstMoment.Values),
            SafetensorsTensors.Source("second", _training.State.Optimiser.SecondMoment.Values),
        ])),
        new(RouterStateName, stream => SafetensorsWriter.Write(
            stream,
            _training.State.RouterState.OrderBy(item => item.Key, StringComparer.Ordinal)
                .Select(item => SafetensorsTensors.Source(item.Key, item.Value)))),
        new(StepName, stream => stream.Write(System.Text.Encoding.ASCII.GetBytes($"{Version} {_training.State.Optimiser.Updates}"))),
    ];

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint)
    {
        using var scope = NewDisposeScope();
        var state = _training.State;
        var counts = System.Text.Encoding.ASCII.GetString(checkpoint.Read(StepName)).Split(' ');
        using (var adapter = Open(checkpoint, AdapterFiles.TensorsName))
        {
            AdapterFiles.Fill(state.Parameters, adapter, _ => { });
        }

        using (var moments = Open(checkpoint, MomentsName))
        {
            state.Optimiser.FirstMoment.Values.copy_(SafetensorsTensors.Load(moments, moments.Entry("first"), float32, CPU));
            state.Optimiser.SecondMoment.Values.copy_(SafetensorsTensors.Load(moments, moments.Entry("second"), float32, CPU));
        }

        state.Optimiser.Updates = long.Parse(counts[1]);
        using var routers = Open(checkpoint, RouterStateName);
        state.Restore(long.Parse(counts[0]), routers.Tensors.Values.ToDictionary(
            entry => entry.Name, entry => SafetensorsTensors.Load(routers, entry, int64, CPU).clone()));
    }

    /// <inheritdoc/>
    public void Dispose() => _training.Dispose();

    private static SafetensorsFile Open(Checkpoint checkpoint, string name) =>
        SafetensorsFile.FromBytes(checkpoint.Read(name), checkpoint.PathOf(name));
}
