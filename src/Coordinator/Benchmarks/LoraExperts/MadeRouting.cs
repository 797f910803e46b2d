using MoR.Cluster.Protocol;
using MoR.Cluster.Random;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using static TorchSharp.torch;

namespace MoR.Coordinator.Benchmarks.LoraExperts;

/// <summary>
/// What a router could have decided at one dispatch point, and what goes through the experts: everything from a seed, by the
/// point's number.
/// </summary>
internal sealed class MadeRouting : IDisposable
{
    private const ulong Seed = 1;
    private const ulong Stream = 0x524F5554; // "ROUT"

    /// <summary>Makes it.</summary>
    public MadeRouting(BenchmarkShape shape, DispatchPoint point)
    {
        (Shape, Point) = (shape, point);
        var (config, rows) = (shape.Config, shape.MicroBatchSequences * shape.Length);
        X = BenchmarkFolder.Values($"{point.Index}.x", rows, config.InputWidth(point.Linears[0]));
        Gates = BenchmarkFolder.Values($"{point.Index}.gates", rows, shape.TopK);
        Gates.add_(1);
        Gradients = [.. point.Linears.Select((linear, i) =>
            BenchmarkFolder.Values($"{point.Index}.{i}.gradient", rows, config.OutputWidth(linear)))];
        Chosen = new int[rows][];
        var random = new CounterRandom(Seed, Stream, (ulong)point.Index);
        var experts = Enumerable.Range(0, shape.Experts).ToArray();
        for (var row = 0; row < rows; row++)
        {
            random.Shuffle(experts);
            Chosen[row] = experts[..shape.TopK];
        }
    }

    /// <summary>The shape.</summary>
    public BenchmarkShape Shape { get; }

    /// <summary>Where.</summary>
    public DispatchPoint Point { get; }

    /// <summary>The experts' input; [T, in].</summary>
    public Tensor X { get; }

    /// <summary>Gates of the chosen; [T, k].</summary>
    public Tensor Gates { get; }

    /// <summary>Experts of each row; [T][k].</summary>
    public int[][] Chosen { get; }

    /// <summary>∂L/∂y of each linear; [T, out].</summary>
    public IReadOnlyList<Tensor> Gradients { get; }

    /// <summary>For the baselines.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Named()
    {
        var name = $"{Point.Index}";
        var chosen = tensor(Array.ConvertAll(Chosen.SelectMany(row => row).ToArray(), expert => (float)expert));
        yield return new($"{name}.x", X);
        yield return new($"{name}.gates", Gates);
        yield return new($"{name}.experts", chosen.view(Chosen.Length, Shape.TopK));
        for (var i = 0; i < Gradients.Count; i++)
        {
            yield return new($"{name}.{i}.gradient", Gradients[i]);
        }
    }

    /// <summary>The request to a shard, which has every expert whose number leaves its own as remainder; null if no row chose
    /// one.</summary>
    public ShardPart? Ask(int shard)
    {
        var rows = new List<int>();
        var assigned = Enumerable.Range(0, Shape.Experts).Select(_ => (Positions: new List<int>(), Gates: new List<long>())).ToArray();
        for (var row = 0; row < Chosen.Length; row++)
        {
            var isFirst = true;
            for (var k = 0; k < Shape.TopK; k++)
            {
                var expert = Chosen[row][k];
                if (expert % Shape.Shards != shard)
                {
                    continue;
                }

                if (isFirst)
                {
                    rows.Add(row);
                    isFirst = false;
                }

                assigned[expert].Positions.Add(rows.Count - 1);
                assigned[expert].Gates.Add((row * Shape.TopK) + k);
            }
        }

        if (rows.Count == 0)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        int[] experts = [.. Enumerable.Range(0, Shape.Experts).Where(expert => assigned[expert].Positions.Count > 0)];
        var where = tensor(rows.ConvertAll(row => (long)row).ToArray()).DetachFromDisposeScope();
        var gates = tensor(experts.SelectMany(expert => assigned[expert].Gates).ToArray()).DetachFromDisposeScope();
        var route = new Route(
            [.. Enumerable.Range(0, rows.Count)],
            [.. experts.SelectMany(expert => assigned[expert].Positions)],
            experts,
            [.. experts.Select(expert => assigned[expert].Positions.Count)],
            new TorchPayload(Gates.view(-1).index_select(0, gates)));
        var request = new ForwardRequest(
            new RequestKey(Epoch: 0, Step: 1, MicroBatch: 0, Point.Index, shard, Direction.Forward),
            ShardVersion: 0,
            new TorchPayload(X.index_select(0, where)),
            [route],
            [.. Point.Linears.Select(_ => 0)]);
        return new ShardPart(request, where, gates);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Gradients.Append(X).Append(Gates))
        {
            tensor.Dispose();
        }
    }
}
