using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Cluster.Tests.Support;

namespace MoR.ExpertNode.Tests;

/// <summary>
/// Mathematics that a test can do in its head: forward answers parameter + row, backward parameter + row + gradient, and
/// the parameter's gradient is row · gradient. A row of NaN is an error.
/// </summary>
/// <param name="memory">Counts tensors.</param>
/// <param name="executor">Where it computes; null: where the test holds and releases it.</param>
internal sealed class SumMath(CountingMemory memory, IMathExecutor? executor = null) : INodeMath
{
    private int _loads;
    private int _alive;

    public HeldExecutor Held { get; } = new();

    public Machine Machine { get; } = new() { AnswersSha256 = "1f", Device = "cpu", Cpu = "SkylakeX, avx512", Libraries = "none" };

    public double ProductsPerSecond => 1e9;

    public IMathExecutor Executor => executor ?? Held;

    public IWireMemory Memory => memory;

    /// <summary>How often parameters were made ready.</summary>
    public int Loads => _loads;

    /// <summary>Shards that are ready and not disposed of.</summary>
    public int Alive => _alive;

    public IAdapterMath Open(AdapterShape adapter) => adapter.AdapterConfig == "unknown"
        ? throw new InputException("adapter_config", "'unknown' is no adapter of this build", "Take the coordinator's build.")
        : new Adapter(this);

    /// <summary>What happens while a worker reads its backbone.</summary>
    public Action Reading { get; set; } = () => { };

    public IWorkerMath OpenWorker(AdapterShape adapter, Replica replica, CancellationToken stop)
    {
        Reading();
        stop.ThrowIfCancellationRequested();
        return replica.Path == "elsewhere"
            ? throw new InputException("--backbone", "elsewhere is not on this machine", "Give --backbone DIR.")
            : new Worker(this);
    }

    private WireTensor Tensor(float value)
    {
        var tensor = memory.Allocate(ElementType.F32, [4]);
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.Bytes.Span).Fill(value);
        return tensor;
    }

    private sealed class Adapter(SumMath math) : IAdapterMath
    {
        public IShardMath Load(int shard, long version, WireTensor block)
        {
            if (float.IsNaN(Messages.ValueOf(block)))
            {
                throw new InvalidOperationException("the parameters are NaN");
            }

            Interlocked.Increment(ref math._loads);
            Interlocked.Increment(ref math._alive);
            return new Shard(math, block);
        }

        public void Dispose() => Assert.Equal(0, math.Alive);
    }

    /// <summary>A micro-batch's loss is the model's value plus its own.</summary>
    private sealed class Worker(SumMath math) : IWorkerMath
    {
        private float _model;

        public Task LoadAsync(WireMessage model) => math.Executor.RunAsync(() => _model = float.IsNaN(Messages.ValueOf(model.Tensors[0]))
            ? throw new InvalidOperationException("the parameters are NaN")
            : Messages.ValueOf(model.Tensors[0]));

        public async Task<WireMessage> TrainAsync(WireMessage microBatch, CancellationToken cancel)
        {
            var body = microBatch.Envelope.MicroBatch;
            var loss = await math.Executor.RunAsync(() => float.IsNaN(Messages.ValueOf(microBatch.Tensors[0]))
                ? throw new InvalidOperationException("a token is NaN")
                : _model + Messages.ValueOf(microBatch.Tensors[0]));
            cancel.ThrowIfCancellationRequested();
            return new WireMessage(
                new Envelope { MicroBatchDone = new MicroBatchDone { Key = body.Key, Attempt = body.Attempt, Loss = loss } });
        }

        public void Dispose()
        {
        }
    }

    private sealed class Shard(SumMath math, WireTensor block) : IShardMath
    {
        public WireMessage Forward(WireMessage request)
        {
            var forward = request.Envelope.Forward;
            var sum = Messages.ValueOf(block) + Row(request.Tensors[0]);
            return new WireMessage(
                new Envelope { ForwardDone = new ForwardDone { Key = forward.Key, Attempt = forward.Attempt } }, math.Tensor(sum));
        }

        public IBackwardWork Backward(WireMessage request, WireMessage? forward)
        {
            var backward = request.Envelope.Backward;
            var row = Row((forward ?? request).Tensors[0]);
            return new Work(math, backward, Messages.ValueOf(block), row, Messages.ValueOf(request.Tensors[^1]));
        }

        public void Dispose() => Interlocked.Decrement(ref math._alive);

        private static float Row(WireTensor tensor) => Messages.ValueOf(tensor) is var row && !float.IsNaN(row)
            ? row
            : throw new InvalidOperationException("a row is NaN");
    }

    private sealed class Work(SumMath math, Backward backward, float parameter, float row, float gradient) : IBackwardWork
    {
        public WireMessage Done { get; } = new(
            new Envelope { BackwardDone = new BackwardDone { Key = backward.Key, Attempt = backward.Attempt } },
            math.Tensor(parameter + row + gradient));

        public WireMessage Gradients() => float.IsInfinity(gradient)
            ? throw new InvalidOperationException("a gradient is infinite")
            : new(
                new Envelope { ParameterGradients = new ParameterGradients { Key = backward.Key, Attempt = backward.Attempt } },
                math.Tensor(row * gradient));

        public void Dispose()
        {
        }
    }
}
