using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Models;

/// <summary>What a world trains: the stand-in, or the tiny model.</summary>
internal interface IWorldModel
{
    /// <summary>Optimiser steps.</summary>
    int Steps { get; }

    /// <summary>Micro-batches in flight for each process that trains.</summary>
    int Window { get; }

    /// <summary>Shards.</summary>
    int Shards { get; }

    /// <summary>Bytes of each shard's parameters.</summary>
    IReadOnlyList<long> ShardBytes { get; }

    /// <summary>What nodes are told of it.</summary>
    AdapterShape Adapter { get; }

    /// <summary>What workers are told of it.</summary>
    Replica Replica { get; }

    /// <summary>Hashes of an undisturbed run after each step, from 0.</summary>
    IReadOnlyList<ulong> Undisturbed { get; }

    /// <summary>A coordinator's training, from its beginning.</summary>
    ITraining Open(ProcessParts machine);

    /// <summary>A node's mathematics.</summary>
    /// <param name="machine">The node's process.</param>
    /// <param name="kind">What it says of its machine.</param>
    /// <param name="paddingSeen">Told when a row that is padding was routed to it.</param>
    /// <param name="fails">Whether the next request is to throw.</param>
    INodeMath NodeMath(ProcessParts machine, Machine kind, Action paddingSeen, Func<bool> fails);
}
