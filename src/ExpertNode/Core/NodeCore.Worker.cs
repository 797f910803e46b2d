using MoR.Cluster.Framing;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.ExpertNode.Core;

/// <summary>The role of a worker: whole micro-batches, at the version of the model that was published last.</summary>
public sealed partial class NodeCore
{
    private long _modelVersion = NotHeld;

    private void PublishModel(SharedMessage message, PublishModel publish)
    {
        if (!IsOurEpoch(publish.Epoch, nameof(PublishModel)))
        {
            return;
        }

        if (_openJobs >= MostJobs)
        {
            Refuse($"it published a model while {_openJobs} jobs are not done yet, {MostJobs} jobs are taken");
            return;
        }

        _modelVersion = publish.Version;
        var published = new PublishedModel { Epoch = epoch, Version = publish.Version };
        published.Checksums.Add(message.Message.Tensors.Select(tensor => (ulong)Crc32C.Of(tensor.Bytes.Span)));
        Open(new LoadModel(publish.Version, message.Share()));
        Answer(new Envelope { PublishedModel = published });
    }

    private void MicroBatch(SharedMessage message, MicroBatch microBatch)
    {
        if (microBatch.Key is not { } key)
        {
            Refuse($"it sent {nameof(MicroBatch)} without a key");
            return;
        }

        if (!IsOurEpoch(key.Epoch, nameof(MicroBatch)))
        {
            return;
        }

        if (_modelVersion != microBatch.Version)
        {
            Answer(Stale(microBatch));
        }
        else if (HasRoom(KeyOf(key, Direction.Both), microBatch.Attempt))
        {
            Open(new TrainMicroBatch(KeyOf(key, Direction.Both), microBatch.Attempt, message.Share()));
        }
    }

    private Envelope Stale(MicroBatch microBatch) => new()
    {
        Stale = new Stale { Key = microBatch.Key, Attempt = microBatch.Attempt, Held = _modelVersion },
    };

    private void Open(WorkerJob job)
    {
        _openJobs++;
        _openBytes += job.Bytes;
        _effects.Add(new GiveWorker(job));
    }

    private void Finish(WorkerDone done)
    {
        _openJobs--;
        _openBytes -= done.Job.Bytes;
        if (done is { Error: OperationCanceledException, Job: TrainMicroBatch late } && _end is null)
        {
            // The coordinator counts what it is at work on.
            Answer(Stale(late.Request.Message.Envelope.MicroBatch));
        }
        else if (done.Error is { } error && _end is null)
        {
            var text = $"{error.GetType().Name}: {error.Message}";
            _effects.Add(new Note($"the worker failed: {text}"));
            if (done.Job is TrainMicroBatch train)
            {
                Fail(train.Key, train.Attempt, text);
            }
            else
            {
                _modelVersion = NotHeld; // Stale asks for it again
            }
        }

        done.Job.Dispose();
    }
}
