using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;
using MoR.Coordinator.Benchmarks.Runtime;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Models;
using MoR.Coordinator.Training;
using MoR.Engine;
using MoR.Model.Optimisation;
using MoR.Model.Routing;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>Training steps whose experts are on nodes of this machine, in processes of their own.</summary>
internal sealed class NodeSteps : IAsyncDisposable
{
    private const int Nodes = 2;
    private readonly BenchmarkRun _run;
    private readonly MadeModel _made;
    private readonly LoadedBackbone _backbone;
    private readonly AdapterTraining _training;
    private readonly MadeCluster _cluster;
    private readonly int _batches;

    private NodeSteps(
        BenchmarkRun run, MadeModel made, LoadedBackbone backbone, AdapterTraining training, MadeCluster cluster, int batches) =>
        (_run, _made, _backbone, _training, _cluster, _batches) = (run, made, backbone, training, cluster, batches);

    /// <summary>The nodes' processes.</summary>
    public IReadOnlyList<int> Processes => _cluster.Processes;

    /// <summary>Requests that had to be sent again.</summary>
    public long Retries => _cluster.Counters.Retries;

    /// <summary>Requests of a step, and answers with the gradients of parameters.</summary>
    public (int Asked, int Answered) Messages => (_counted.Asked, _counted.Answered);

    private readonly CountedExperts _counted = new();

    /// <summary>Starts nodes for the made weights.</summary>
    public static async Task<NodeSteps> StartAsync(
        BenchmarkRun run, MadeModel made, LoadedBackbone backbone, ClusterSurroundings around, int batches, CancellationToken stop)
    {
        var training = new AdapterTraining(
            backbone, made.Shape.Adapter(RouterCatalogue.TopK), seed: 1, StepSettings.Optimiser, StepSettings.Schedule)
        {
            Epoch = MadeCluster.Epoch,
        };
        try
        {
            MadeModel.Randomise(training.State.Parameters);
            var cluster = await MadeCluster.StartAsync(
                run, made, backbone, (training.State.Parameters, training.State.RouterState), around, Nodes, stop);
            return new NodeSteps(run, made, backbone, training, cluster, batches);
        }
        catch
        {
            training.Dispose();
            throw;
        }
    }

    /// <summary>Somebody who steps with a window. All step the same adapter, one after the other.</summary>
    public IContender Stepping(string name, int window) => new Contender(this, name, window);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _training.Dispose();
    }

    private sealed class Contender : IContender
    {
        private readonly NodeSteps _steps;
        private readonly StepEngine<StepReport> _engine;

        public Contender(NodeSteps steps, string name, int window)
        {
            (_steps, Name) = (steps, name);
            steps._counted.Experts = steps._cluster.Experts;
            _engine = new StepEngine<StepReport>(
                steps._backbone.Math, steps._counted, steps._training.State, steps._run.Fatal, window);
        }

        public string Name { get; }

        public async Task<Turn> RunAsync(int times, CancellationToken stop)
        {
            var (time, state, losses) = (_steps._run.Time, _steps._training.State, new List<double>());
            var (began, used) = (time.GetTimestamp(), ProcessorTime.Seconds(_steps.Processes));
            for (var i = 0; i < times; i++)
            {
                var step = state.Version + 1;
                var work = _steps._training.WorkOf(step, _steps._made.MicroBatches((int)((step - 1) % _steps._batches)));
                losses.Add((await _engine.RunAsync(step, work.MicroBatches, stop)).Loss);
            }

            return new Turn(time.GetElapsedTime(began).TotalSeconds, losses)
            {
                ProcessorSeconds = ProcessorTime.Seconds(_steps.Processes) - used,
            };
        }

        public void Dispose()
        {
        }
    }

    private sealed class CountedExperts : IExpertLink
    {
        private int _asked;
        private int _answered;

        public IExpertLink Experts { get; set; } = new NoExperts();

        public int Asked => _asked;

        public int Answered => _answered;

        public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
        {
            Interlocked.Increment(ref _asked);
            Interlocked.Increment(ref _answered);
            return Experts.ForwardAsync(request, cancel);
        }

        public Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
        {
            Interlocked.Increment(ref _asked);
            Interlocked.Add(ref _answered, 2); // the gradients of parameters come on their own
            return Experts.BackwardAsync(request, cancel);
        }

        public Task PublishAsync(long version, CancellationToken cancel) => Experts.PublishAsync(version, cancel);
    }
}
