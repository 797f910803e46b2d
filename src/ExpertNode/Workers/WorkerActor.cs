using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Seams;
using MoR.ExpertNode.Core;
using MoR.ExpertNode.Shards;

namespace MoR.ExpertNode.Workers;

/// <summary>
/// Trains whole micro-batches: takes parameters in their turn, and runs the micro-batches of one version side by side, as many as the
/// coordinator sends. What is still computed for an older version nobody waits for: it is given up when the next comes.
/// </summary>
/// <param name="math">Computes; not owned.</param>
/// <param name="capacity">The most jobs that wait.</param>
/// <param name="around">Where answers go.</param>
/// <param name="done">Told of each job that is done, and what it threw.</param>
internal sealed class WorkerActor(
    IWorkerMath math, int capacity, ShardSurroundings around, Func<WorkerJob, Exception?, ValueTask> done) : IDisposable
{
    private readonly Mailbox<WorkerJob> _mailbox = new(capacity);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _running = [];
    private CancellationTokenSource? _version;
    private long? _loaded;

    /// <summary>Puts a job behind those that wait.</summary>
    public void Give(WorkerJob job)
    {
        if (!_mailbox.TryPost(job))
        {
            throw new InvalidOperationException($"the worker has {_mailbox.Count} jobs, and none was to be given beyond its limit");
        }
    }

    /// <summary>Nobody waits for answers any more.</summary>
    public void End() => _end.Cancel();

    /// <summary>Takes no more jobs.</summary>
    public void Close() => _mailbox.Close();

    /// <summary>Runs until the mailbox is closed and empty, and nothing is trained any more.</summary>
    public async Task RunAsync()
    {
        while (await _mailbox.WaitAsync())
        {
            while (_mailbox.TryTake(out var job))
            {
                await TakeAsync(job);
            }
        }

        await GiveUpAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _version?.Dispose();
        _end.Dispose();
    }

    private async ValueTask TakeAsync(WorkerJob job)
    {
        switch (job)
        {
            case TrainMicroBatch train:
                _running.RemoveAll(task => task.IsCompleted);
                _running.Add(TrainAsync(train, _version?.Token ?? _end.Token));
                break;
            case LoadModel load:
                await GiveUpAsync();
                _version = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                await done(load, await LoadAsync(load));
                break;
        }
    }

    private async Task<Exception?> LoadAsync(LoadModel load)
    {
        _loaded = null;
        try
        {
            await math.LoadAsync(load.Model.Message);
            _loaded = load.Version;
            return null;
        }
#pragma warning disable CA1031 // Whatever it throws, the coordinator is told, and sends the parameters again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error;
        }
    }

    private async Task TrainAsync(TrainMicroBatch train, CancellationToken cancel)
    {
        Exception? error = null;
        try
        {
            cancel.ThrowIfCancellationRequested();
            var version = train.Request.Message.Envelope.MicroBatch.Version;
            if (_loaded != version)
            {
                throw new InvalidOperationException($"the worker has no parameters of version {version}");
            }

            await around.SendAsync(await math.TrainAsync(train.Request.Message, cancel), SendPriority.Critical);
        }
#pragma warning disable CA1031 // Whatever it throws is the answer, also that it was given up.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            error = problem;
        }

        await done(train, error);
    }

    /// <summary>Ends what runs.</summary>
    private async Task GiveUpAsync()
    {
        _version?.Cancel();
        await Task.WhenAll(_running);
        _running.Clear();
        _version?.Dispose();
        _version = null;
    }
}
