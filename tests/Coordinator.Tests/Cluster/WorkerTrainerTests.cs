using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Cluster;
using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Segments;
using MoR.Model.Workers;
using static TorchSharp.torch;

namespace MoR.Coordinator.Tests.Cluster;

/// <summary>Who trains a micro-batch: the coordinator, or which worker.</summary>
public sealed class WorkerTrainerTests
{
    private static readonly MicroBatchCodec Codec =
        new(new AdapterLayout(BenchmarkShape.Demo.Config, BenchmarkShape.Demo.Adapter("topk")), CPU);

    [Fact]
    public void Without_a_worker_all_is_trained_here() => NodeServerWorld.Run(async world =>
    {
        var (trainer, here) = Make(world, sharesMachine: true);

        Assert.Equal(1, trainer.Places);
        using var delta = await trainer.TrainAsync(Work(0), CancellationToken.None);
        Assert.Equal([0], here.Positions);
    });

    [Theory]
    [InlineData(false, 3, new[] { 2 })]
    [InlineData(true, 2, new int[0])]
    public void The_coordinator_takes_an_even_share_unless_workers_have_its_cores(bool sharesMachine, int places, int[] positions) =>
        NodeServerWorld.Run(async world =>
        {
            var (trainer, here) = Make(world, sharesMachine);
            var (a, b) = (await JoinAsync(world, "a"), await JoinAsync(world, "b"));
            await PublishAsync(world, a, b);
            using var stop = new CancellationTokenSource();

            Assert.Equal(places, trainer.Places);
            var training = Enumerable.Range(0, 3).Select(position => trainer.TrainAsync(Work(position), stop.Token)).ToList();
            await SingleThread.IdleAsync();

            Assert.Equal(positions, here.Positions);
            Assert.Equal(0, (await NodeServerWorld.ReceiveAsync(a)).MicroBatch.Key.MicroBatch);
            Assert.Equal(1, (await NodeServerWorld.ReceiveAsync(b)).MicroBatch.Key.MicroBatch);
            if (positions.Length == 0)
            {
                Assert.Equal(2, (await NodeServerWorld.ReceiveAsync(a)).MicroBatch.Key.MicroBatch);
            }

            Cancel(stop);
            foreach (var task in training)
            {
                await SettleAsync(task);
            }
        });

    [Fact]
    public void What_no_worker_can_train_is_trained_here_and_said() => NodeServerWorld.Run(async world =>
    {
        var (trainer, here) = Make(world, sharesMachine: true);
        var worker = await JoinAsync(world, "worker");
        await PublishAsync(world, worker);
        var training = trainer.TrainAsync(Work(5), CancellationToken.None);

        while (here.Positions.Count == 0)
        {
            var asked = (await NodeServerWorld.ReceiveAsync(worker)).MicroBatch;
            await NodeServerWorld.SendAsync(worker, new Envelope
            {
                Failed = new Failed { Key = asked.Key, Attempt = asked.Attempt, Error = "out of memory" },
            });
            await SingleThread.IdleAsync();
        }

        using var delta = await training;
        Assert.Equal([5], here.Positions);
        Assert.Contains(world.Notes, note => note.EndsWith("failed: out of memory; the coordinator trains it", StringComparison.Ordinal));
    });

    [Fact]
    public void When_all_workers_die_no_more_than_a_window_is_trained_here_at_a_time() => NodeServerWorld.Run(async world =>
    {
        var (trainer, here) = Make(world, sharesMachine: true);
        var worker = await JoinAsync(world, "worker");
        await PublishAsync(world, worker);
        using var stop = new CancellationTokenSource();
        var training = Enumerable.Range(0, 6)
            .Select(position => trainer.TrainAsync(Work(position), position == 3 ? stop.Token : CancellationToken.None)).ToList();
        await SingleThread.IdleAsync();
        Assert.Empty(here.Positions);
        here.Holds = true;

        await worker.DisposeAsync();
        await SingleThread.IdleAsync();
        world.Time.Advance(TimeSpan.FromSeconds(1));
        await SingleThread.IdleAsync();

        Assert.Equal([0, 1], here.Positions);
        Cancel(stop);
        here.End();
        await SingleThread.IdleAsync();
        Assert.Equal([0, 1, 2, 4], here.Positions);
        here.End();
        await SingleThread.IdleAsync();
        here.End();
        foreach (var task in training)
        {
            await SettleAsync(task);
        }

        Assert.Equal([0, 1, 2, 4, 5], here.Positions);
    });

    private static (WorkerTrainer Trainer, Here Here) Make(NodeServerWorld world, bool sharesMachine)
    {
        var here = new Here();
        var messages = new PackedMessages(Codec);
        return (new WorkerTrainer(world.Actor, messages, here, new Inline(), window: 2, sharesMachine, world.Notes.Add), here);
    }

    private static PackedWork Work(int position) => new(
        PackedBatch.ForPrediction([([1, 2, 3], 1)]),
        new MicroBatchContext
        {
            Epoch = 7,
            Step = 2,
            ShardVersion = 1,
            Training = true,
            Position = position,
            StepTargets = 9,
            StepTokens = 9,
        },
        (_, _) => throw new InvalidOperationException("nobody opens it"));

    private static async Task<Link> JoinAsync(NodeServerWorld world, string name)
    {
        var link = world.Connect();
        await NodeServerWorld.SendAsync(link, new Envelope
        {
            Join = NodeServerWorld.Join(name, join =>
            {
                join.Roles.Clear();
                join.Roles.Add(Role.Worker);
            }),
        });
        Assert.Equal(Envelope.BodyOneofCase.Welcome, (await NodeServerWorld.ReceiveAsync(link)).BodyCase);
        await SingleThread.IdleAsync();
        return link;
    }

    /// <summary>Publishes version 1, which each worker says it has.</summary>
    private static async Task PublishAsync(NodeServerWorld world, params Link[] workers)
    {
        await world.Actor.PublishAsync(new PublishedParameters(new WireMessage(
            new Envelope { PublishModel = new PublishModel { Epoch = 7, Version = 1 } },
            [.. Enumerable.Range(0, 1 + NodeServerWorld.Shards).Select(_ => new ArrayTensor(ElementType.F32, [2]))])));
        foreach (var worker in workers)
        {
            using var model = await worker.ReceiveAsync(CancellationToken.None);
            var had = new PublishedModel { Epoch = 7, Version = model.Envelope.PublishModel.Version };
            had.Checksums.Add(model.Tensors.Select(tensor => (ulong)Crc32C.Of(tensor.Bytes.Span)));
            await NodeServerWorld.SendAsync(worker, new Envelope { PublishedModel = had });
        }

        await SingleThread.IdleAsync();
    }

    /// <summary>On this thread, where CancelAsync would leave it.</summary>
    private static void Cancel(CancellationTokenSource stop) => stop.Cancel();

    private static async Task SettleAsync(Task<IMicroBatchDelta> task)
    {
        try
        {
            (await task).Dispose();
        }
        catch (OperationCanceledException)
        {
            // It was at a worker.
        }
    }

    private sealed class Here : IMicroBatchTrainer
    {
        public int Places => 1;

        public List<int> Positions { get; } = [];

        /// <summary>Whether what is trained ends with <see cref="End"/> only.</summary>
        public bool Holds { get; set; }

        private List<TaskCompletionSource> Held { get; } = [];

        public async Task<IMicroBatchDelta> TrainAsync(IMicroBatchWork work, CancellationToken cancel)
        {
            Positions.Add(((PackedWork)work).Context.Position);
            if (Holds)
            {
                Held.Add(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                await Held[^1].Task;
            }

            return new Nothing();
        }

        public void End()
        {
            Held.ForEach(held => held.TrySetResult());
            Held.Clear();
        }
    }

    private sealed class Nothing : IMicroBatchDelta
    {
        public void Dispose()
        {
        }
    }

    private sealed class Inline : IMathExecutor
    {
        public Task<T> RunAsync<T>(Func<T> work) => Task.FromResult(work());
    }
}
