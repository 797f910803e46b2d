using System.Collections.Immutable;
using MoR.Cluster.Random;

namespace MoR.Coordinator.Data;

/// <summary>
/// Which sequences each step trains on: a pure function of (seed, step), so that a resumed run, or one that asks in
/// another order, gets the same batches.
/// </summary>
/// <remarks>
/// Every epoch is a permutation of all sequences drawn from (seed, epoch). Step s takes sequences s·batch up to
/// (s+1)·batch of all epochs joined end to end, so a step may reach across epochs. Within a step, sequences are sorted
/// from long to short (equals in drawn order) and cut into micro-batches, so that those in flight together take about the same time.
/// </remarks>
public sealed class BatchSchedule
{
    private readonly ImmutableArray<int> _lengths;
    private readonly ulong _seed;
    private readonly int _batchSequences;
    private readonly int _microBatchSequences;

    // The last permutation that was asked for: only a memory, replaced as a whole.
    private EpochOrder? _latest;

    /// <param name="lengths">Length of every training sequence, in tokens.</param>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="batchSequences">Sequences per step.</param>
    /// <param name="microBatchSequences">The most sequences per micro-batch.</param>
    public BatchSchedule(IEnumerable<int> lengths, ulong seed, int batchSequences, int microBatchSequences)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatchSequences);
        _lengths = [.. lengths];
        ArgumentOutOfRangeException.ThrowIfZero(_lengths.Length, nameof(lengths));
        _seed = seed;
        _batchSequences = batchSequences;
        _microBatchSequences = microBatchSequences;
    }

    /// <summary>Number of steps that one epoch takes, the fraction included.</summary>
    public double StepsPerEpoch => (double)_lengths.Length / _batchSequences;

    /// <summary>The epoch that a step's first sequence is of, from 0.</summary>
    public long EpochOf(long step) => step * _batchSequences / _lengths.Length;

    /// <summary>The micro-batches of a step, counted from 0, the longest sequences first.</summary>
    public ImmutableArray<MicroBatch> MicroBatches(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        int[] drawn = new int[_batchSequences];
        long first = checked(step * _batchSequences);
        for (int i = 0; i < drawn.Length; i++)
        {
            (long epoch, long position) = Math.DivRem(first + i, _lengths.Length);
            drawn[i] = Order(epoch)[(int)position];
        }

        // OrderByDescending keeps the order of equals.
        return
        [
            .. drawn.OrderByDescending(index => _lengths[index])
                .Chunk(_microBatchSequences)
                .Select(chunk => new MicroBatch([.. chunk], _lengths[chunk[0]])),
        ];
    }

    /// <summary>The sequences of one epoch in the order that they are drawn.</summary>
    public ImmutableArray<int> Order(long epoch)
    {
        if (_latest is { } latest && latest.Epoch == epoch)
        {
            return latest.Sequences;
        }

        int[] order = Enumerable.Range(0, _lengths.Length).ToArray();
        new CounterRandom(_seed, DataStreams.EpochOrder, (ulong)epoch).Shuffle(order);
        var fresh = new EpochOrder(epoch, [.. order]);
        _latest = fresh;
        return fresh.Sequences;
    }

    private sealed record EpochOrder(long Epoch, ImmutableArray<int> Sequences);
}
