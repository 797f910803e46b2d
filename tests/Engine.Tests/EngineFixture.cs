using MoR.Cluster.Protocol;

namespace MoR.Engine.Tests;

/// <summary>A step engine over fakes, run on one thread in a chosen order.</summary>
internal sealed class EngineFixture
{
    public EngineFixture(int window, Func<int, int> pick)
    {
        Queue = new QueueExecutor(pick);
        Link = new FakeLink(Open, Queue);
        Engine = new StepEngine<string>(Queue, Link, State, Fatal, window);
    }

    public QueueExecutor Queue { get; }

    public OpenCount Open { get; } = new();

    public FakeLink Link { get; }

    public FakeState State { get; } = new();

    public FakeFatalExit Fatal { get; } = new();

    public StepEngine<string> Engine { get; }

    /// <summary>Per micro-batch, the calls that it saw.</summary>
    public Dictionary<int, List<string>> Calls { get; } = [];

    /// <summary>Positions in the order in which they were opened.</summary>
    public List<int> Opened { get; } = [];

    /// <summary>Runs the next step.</summary>
    public string Run(int microBatches, CancellationToken cancel = default) =>
        Run(State.Version + 1, microBatches, cancel);

    /// <summary>Runs a step.</summary>
    public string Run(long step, int microBatches, CancellationToken cancel = default) =>
        Queue.Run(() => Engine.RunAsync(step, Works(microBatches), cancel));

    /// <summary>Fails the first request of a micro-batch at a dispatch point and direction.</summary>
    public static Action<RequestKey> FailAt(int microBatch, int point, Direction direction) => key =>
    {
        if ((key.MicroBatch, key.DispatchPoint, key.Direction, key.Shard) == (microBatch, point, direction, 1))
        {
            throw new IOException("the link is broken");
        }
    };

    /// <summary>A step's micro-batches.</summary>
    public IReadOnlyList<IMicroBatchWork> Works(int microBatches) =>
        [.. Enumerable.Range(0, microBatches).Select(position => new FakeWork(position, Make))];

    private FakeMicroBatch Make(int position)
    {
        Opened.Add(position);
        return new FakeMicroBatch(Open, position, Calls[position] = []);
    }
}
