using MoR.Cluster.Random;
using MoR.Simulation.Scheduling;

namespace MoR.Simulation.StandIn;

/// <summary>
/// The sizes of a stand-in model: all small, none of them the same in every seed, so that empty shards, single experts and uneven
/// windows occur.
/// </summary>
internal sealed record StandInShape
{
    /// <summary>Values of a row, W.</summary>
    public const int Width = 4;

    /// <summary>Optimiser steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Dispatch points, P.</summary>
    public required int Points { get; init; }

    /// <summary>Shards, S.</summary>
    public required int Shards { get; init; }

    /// <summary>Experts of each shard at each dispatch point.</summary>
    public required int ExpertsPerShard { get; init; }

    /// <summary>Experts that each row goes to.</summary>
    public required int TopK { get; init; }

    /// <summary>Micro-batches of a step.</summary>
    public required int MicroBatches { get; init; }

    /// <summary>Micro-batches in flight.</summary>
    public required int Window { get; init; }

    /// <summary>Rows of a micro-batch, padding included, T.</summary>
    public required int Rows { get; init; }

    /// <summary>The step whose gradient is no number, which changes nothing; 0 for none.</summary>
    public required int NotFiniteStep { get; init; }

    /// <summary>Decides values.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Experts at each dispatch point.</summary>
    public int Experts => Shards * ExpertsPerShard;

    /// <summary>Parameters of a shard: A and B of each of its experts, point by point.</summary>
    public int ShardLength => Points * ExpertsPerShard * 2 * Width;

    /// <summary>Parameters of the routers: a row for each expert, point by point.</summary>
    public int RouterLength => Points * Experts * Width;

    /// <summary>All parameters: shard by shard, then the routers.</summary>
    public int Length => (Shards * ShardLength) + RouterLength;

    /// <summary>The shape of a seed.</summary>
    public static StandInShape Of(ulong seed, ref CounterRandom random)
    {
        var shards = 1 + random.NextBelow(4);
        var perShard = shards == 1 ? 2 : 1 + random.NextBelow(2);
        var microBatches = 1 + random.NextBelow(3);
        return new StandInShape
        {
            Steps = 20 + random.NextBelow(3),
            Points = 2,
            Shards = shards,
            ExpertsPerShard = perShard,
            TopK = 1 + random.NextBelow(2),
            MicroBatches = microBatches,
            Window = 1 + random.NextBelow(microBatches),
            Rows = 3 + random.NextBelow(4),
            NotFiniteStep = random.NextBelow(4) == 0 ? 1 + random.NextBelow(20) : 0,
            Seed = seed,
        };
    }

    /// <summary>Where an expert's A begins in its shard's block; B follows.</summary>
    /// <param name="point">Dispatch point.</param>
    /// <param name="local">The expert, numbered in its shard.</param>
    public int ExpertOffset(int point, int local) => ((point * ExpertsPerShard) + local) * 2 * Width;

    /// <summary>The input rows of a micro-batch, [T, W]; padding is zeros, which no expert may see.</summary>
    public float[] Inputs(long step, int microBatch)
    {
        var random = new CounterRandom(Seed, Streams.Values, (ulong)step, (ulong)microBatch);
        var values = new float[Rows * Width];
        var real = 1 + random.NextBelow(Rows);
        for (var i = 0; i < real * Width; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        for (var row = 0; row < real; row++)
        {
            values[row * Width] += 1; // so that no real row is all zeros
        }

        if (step == NotFiniteStep && microBatch == MicroBatches - 1)
        {
            values[0] = float.PositiveInfinity;
        }

        return values;
    }

    /// <summary>The parameters before the first step: B is zero, as LoRA has it.</summary>
    public float[] InitialParameters()
    {
        var random = new CounterRandom(Seed, Streams.Values);
        var values = new float[Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        for (var shard = 0; shard < Shards; shard++)
        {
            for (var expert = 0; expert < Points * ExpertsPerShard; expert++)
            {
                Array.Clear(values, (shard * ShardLength) + (expert * 2 * Width) + Width, Width);
            }
        }

        return values;
    }
}
