using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MoR.Cluster.Protocol.Wire;
using MoR.Engine;
using MoR.Model.Workers;

namespace MoR.Simulation.StandIn;

/// <summary>Everything that a step of the stand-in changes: parameters, momentum, loads and balancing biases of the routers.</summary>
internal sealed class StandInState : ITrainableState<StandInReport>
{
    private const float Rate = 0.05f;
    private const float Momentum = 0.9f;
    private const float BiasStep = 1f / 64;
    private readonly StandInShape _shape;
    private readonly float[] _parameters;
    private readonly float[] _momentum;
    private readonly float[] _sum;
    private readonly long[] _stepLoads;
    private double _loss;
    private int _accumulated;

    public StandInState(StandInShape shape)
    {
        _shape = shape;
        _parameters = shape.InitialParameters();
        (_momentum, _sum) = (new float[shape.Length], new float[shape.Length]);
        var sites = shape.Points * shape.Experts;
        (Loads, _stepLoads, Biases) = (new long[sites], new long[sites], new float[sites]);
    }

    /// <inheritdoc/>
    public long Version { get; private set; }

    /// <summary>Commits so far, those of steps that changed nothing too.</summary>
    public long Updates { get; private set; }

    /// <summary>Rows that each expert got over the run, point by point.</summary>
    public long[] Loads { get; }

    /// <summary>What the routers add to each expert's score, from the loads so far.</summary>
    public float[] Biases { get; }

    /// <summary>Positions that were accumulated since the last commit, in order.</summary>
    public List<int> Order { get; } = [];

    /// <summary>A shard's block.</summary>
    public ReadOnlySpan<float> Block(int shard) => _parameters.AsSpan(shard * _shape.ShardLength, _shape.ShardLength);

    /// <summary>A router's row.</summary>
    public ReadOnlySpan<float> Router(int point, int expert) => _parameters.AsSpan(RouterStart(point, expert), StandInShape.Width);

    /// <summary>Where it begins.</summary>
    public int RouterStart(int point, int expert) =>
        (_shape.Shards * _shape.ShardLength) + (((point * _shape.Experts) + expert) * StandInShape.Width);

    /// <inheritdoc/>
    public void Accumulate(IMicroBatchDelta delta)
    {
        var one = (StandInDelta)delta;
        for (var i = 0; i < _sum.Length; i++)
        {
            _sum[i] += one.Gradient[i];
        }

        for (var i = 0; i < _stepLoads.Length; i++)
        {
            _stepLoads[i] += one.Loads[i];
        }

        _loss += one.Loss;
        _accumulated++;
        Order.Add(one.Position);
        one.Dispose();
    }

    /// <inheritdoc/>
    public StandInReport Commit(long step)
    {
        var norm = 0f;
        foreach (var value in _sum)
        {
            norm += value * value;
        }

        var isSkipped = !float.IsFinite(norm);
        if (!isSkipped)
        {
            var rate = Rate / (1 + MathF.Sqrt(norm));
            for (var i = 0; i < _sum.Length; i++)
            {
                _momentum[i] = (Momentum * _momentum[i]) + _sum[i];
                _parameters[i] -= rate * _momentum[i];
            }

            Balance();
        }

        Version = step;
        Updates++;
        var report = new StandInReport(step, _loss / _accumulated, isSkipped, Hash());
        Discard();
        return report;
    }

    /// <inheritdoc/>
    public void Discard()
    {
        Array.Clear(_sum);
        Array.Clear(_stepLoads);
        (_loss, _accumulated) = (0, 0);
        Order.Clear();
    }

    /// <summary>Everything, for a checkpoint.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(Updates);
        writer.Write(MemoryMarshal.AsBytes<float>(_parameters));
        writer.Write(MemoryMarshal.AsBytes<float>(_momentum));
        writer.Write(MemoryMarshal.AsBytes<long>(Loads));
        writer.Write(MemoryMarshal.AsBytes<float>(Biases));
        return stream.ToArray();
    }

    /// <summary>Takes up a checkpoint.</summary>
    public void Restore(byte[] bytes)
    {
        var from = bytes.AsSpan();
        Version = BitConverter.ToInt64(from);
        Updates = BitConverter.ToInt64(from[sizeof(long)..]);
        from = from[(2 * sizeof(long))..];
        Take(ref from, MemoryMarshal.AsBytes(_parameters.AsSpan()));
        Take(ref from, MemoryMarshal.AsBytes(_momentum.AsSpan()));
        Take(ref from, MemoryMarshal.AsBytes(Loads.AsSpan()));
        Take(ref from, MemoryMarshal.AsBytes(Biases.AsSpan()));
    }

    /// <summary>What a worker is sent of it: routers, shards, biases.</summary>
    public IEnumerable<WireTensor> ToTensors(CountedMemory memory) =>
    [
        memory.Of(_parameters.AsSpan(_shape.Shards * _shape.ShardLength), _shape.RouterLength),
        .. Enumerable.Range(0, _shape.Shards).Select(shard => memory.Of(Block(shard), _shape.ShardLength)),
        memory.Of(Biases, Biases.Length),
    ];

    /// <summary>Takes that up.</summary>
    public void Load(long version, IReadOnlyList<WireTensor> tensors)
    {
        StandInCodec.Floats(tensors[0]).CopyTo(_parameters.AsSpan(_shape.Shards * _shape.ShardLength));
        for (var shard = 0; shard < _shape.Shards; shard++)
        {
            StandInCodec.Floats(tensors[ModelCodec.FirstShard + shard]).CopyTo(_parameters.AsSpan(shard * _shape.ShardLength));
        }

        StandInCodec.Floats(tensors[^1]).CopyTo(Biases);
        Version = version;
    }

    /// <summary>All of it as a number.</summary>
    public ulong Hash() => BitConverter.ToUInt64(SHA256.HashData(ToBytes()));

    private static void Take(ref Span<byte> from, Span<byte> target)
    {
        from[..target.Length].CopyTo(target);
        from = from[target.Length..];
    }

    /// <summary>Loss-free balancing: who had more than its share is liked less next time.</summary>
    private void Balance()
    {
        for (var i = 0; i < Loads.Length; i++)
        {
            Loads[i] += _stepLoads[i];
            var point = i / _shape.Experts * _shape.Experts;
            var share = _stepLoads.AsSpan(point, _shape.Experts).ToArray().Average();
            Biases[i] -= BiasStep * Math.Sign(_stepLoads[i] - share);
        }
    }
}
