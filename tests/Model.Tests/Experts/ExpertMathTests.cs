using MoR.Cluster.Protocol;
using MoR.Cluster.Random;
using MoR.Model.Experts;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>One request to one shard of {gate, up}, against the formulas in plain loops.</summary>
public sealed class ExpertMathTests : IDisposable
{
    private const int GateUp = 2;
    private const int In = 16;
    private const int Out = 24;
    private static readonly int[] Rows = [0, 2, 3];

    private static readonly (int Expert, int Row, double Gate)[] Assignments =
        [(1, 0, 0.3), (1, 1, 1), (3, 1, 0.25), (3, 2, 0.5)];

    private readonly List<TorchPayload> _payloads = [];
    private readonly TinyBackbone _tiny = new();
    private readonly TestModel _model;
    private readonly ShardParameters _shard;
    private readonly double[][] _x;
    private readonly double[][] _dDelta;

    public ExpertMathTests()
    {
        _model = new TestModel(_tiny.Folder, AdapterCase.Parse("topk shards=2 rank=3 alpha=5", 2), ScalarType.Float64);
        _model.Randomise(seed: 1);
        _shard = new ShardParameters(_model.Parameters);
        _x = Values(4, In, 1);
        _dDelta = Values(Rows.Length, Out, 2);
    }

    public void Dispose()
    {
        _payloads.ForEach(payload => payload.Dispose());
        _model.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public void Forward_gives_the_scaled_and_gated_products_summed_per_row()
    {
        using var scope = NewDisposeScope();
        var request = Request();

        using var reply = ExpertMath.Forward(_shard, request);

        Assert.Null(reply.Deltas[0]);
        var expected = Rows.Select(_ => new double[Out]).ToArray();
        foreach (var (expert, row, gate) in Assignments)
        {
            var (a, b) = Matrices(expert);
            for (var o = 0; o < Out; o++)
            {
                for (var r = 0; r < 3; r++)
                {
                    expected[row][o] += 5.0 / 3 * gate * b[(o * 3) + r] * Low(a, row, r);
                }
            }
        }

        Agreement.Within(1e-12, expected, ToRows(TorchPayload.Of(reply.Deltas[1]!), Out), "Δ");
    }

    [Fact]
    public void Backward_gives_the_gradients_of_rows_gates_and_parameters()
    {
        using var scope = NewDisposeScope();
        var request = Backward(needsInput: true, needsGates: true);

        var (input, gates, later) = ExpertMath.Backward(_shard, request);
        using var work = later;
        var gradients = work.Run();

        var dx = Values(4, In, 0, zero: true);
        var dGates = new List<double>();
        foreach (var (expert, row, gate) in Assignments)
        {
            var (a, b) = Matrices(expert);
            var dH = Enumerable.Range(0, 3)
                .Select(r => Enumerable.Range(0, Out).Sum(o => _dDelta[row][o] * b[(o * 3) + r]))
                .ToArray();
            dGates.Add(Enumerable.Range(0, 3).Sum(r => 5.0 / 3 * dH[r] * Low(a, row, r)));
            for (var i = 0; i < In; i++)
            {
                dx[Rows[row]][i] += Enumerable.Range(0, 3).Sum(r => 5.0 / 3 * gate * dH[r] * a[(r * In) + i]);
            }
        }

        Agreement.Within(1e-12, dx, ToRows(TorchPayload.Of(input!), In), "∂x");
        Agreement.Within(1e-12, [.. dGates], TorchPayload.Of(gates[0]).data<double>().ToArray(), "∂gates");
        Assert.Equal([(1, 1), (1, 3)], gradients.Select(gradient => (gradient.Target, gradient.Expert)));
        foreach (var gradient in gradients)
        {
            CheckParameterGradient(gradient);
            gradient.Dispose();
        }

        input!.Dispose();
        gates[0].Dispose();
    }

    [Fact]
    public void What_is_not_asked_for_is_not_computed()
    {
        using var scope = NewDisposeScope();

        var (input, gates, later) = ExpertMath.Backward(_shard, Backward(needsInput: false, needsGates: false));

        Assert.Null(input);
        Assert.Empty(gates);
        later.Dispose();
    }

    [Fact]
    public void A_request_can_be_answered_any_number_of_times()
    {
        using var scope = NewDisposeScope();
        var request = Backward(needsInput: true, needsGates: true);
        using var first = ExpertMath.Forward(_shard, request.Forward);
        var (input, gates, later) = ExpertMath.Backward(_shard, request);
        var (inputAgain, gatesAgain, laterAgain) = ExpertMath.Backward(_shard, request);
        using var again = ExpertMath.Forward(_shard, request.Forward);

        Assert.Equal(TorchPayload.Of(first.Deltas[1]!).bytes, TorchPayload.Of(again.Deltas[1]!).bytes);
        Assert.Equal(TorchPayload.Of(input!).bytes, TorchPayload.Of(inputAgain!).bytes);
        Assert.Equal(TorchPayload.Of(gates[0]).bytes, TorchPayload.Of(gatesAgain[0]).bytes);
        foreach (var owned in (IDisposable[])[later, laterAgain, input!, inputAgain!, gates[0], gatesAgain[0]])
        {
            owned.Dispose();
        }
    }

    [Fact]
    public async Task A_link_refuses_a_version_that_its_shard_does_not_have()
    {
        using var scope = NewDisposeScope();
        var link = new InProcessExpertLink(new InlineExecutor(), _shard, version: 7);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await link.ForwardAsync(Request(), CancellationToken.None));

        Assert.Contains("version 7, the request asks for 4", error.Message, StringComparison.Ordinal);
        await link.PublishAsync(4, CancellationToken.None);
        using var reply = await link.ForwardAsync(Request(), CancellationToken.None);
        Assert.Equal([3L, Out], reply.Deltas[1]!.Shape);
    }

    private void CheckParameterGradient(ExpertGradient gradient)
    {
        var (a, b) = Matrices(gradient.Expert);
        var (dA, dB) = (new double[3 * In], new double[Out * 3]);
        foreach (var (_, row, gate) in Assignments.Where(assignment => assignment.Expert == gradient.Expert))
        {
            for (var r = 0; r < 3; r++)
            {
                var dH = Enumerable.Range(0, Out).Sum(o => _dDelta[row][o] * b[(o * 3) + r]);
                for (var i = 0; i < In; i++)
                {
                    dA[(r * In) + i] += 5.0 / 3 * gate * dH * _x[Rows[row]][i];
                }

                for (var o = 0; o < Out; o++)
                {
                    dB[(o * 3) + r] += 5.0 / 3 * gate * _dDelta[row][o] * Low(a, row, r);
                }
            }
        }

        Agreement.Within(1e-12, dA, Flat(TorchPayload.Of(gradient.A)), "∂A");
        Agreement.Within(1e-12, dB, Flat(TorchPayload.Of(gradient.B)), "∂B");
    }

    private ForwardRequest Request() => new(
        new RequestKey(1, 5, 0, GateUp, 1, Direction.Forward),
        ShardVersion: 4,
        Payload(_x),
        [
            new Route(
                Rows,
                [.. Assignments.Select(item => item.Row)],
                [1, 3],
                [2, 2],
                Payload([.. Assignments.Select(item => item.Gate)])),
        ],
        RouteOfTarget: [-1, 0]);

    private BackwardRequest Backward(bool needsInput, bool needsGates) => new(
        new RequestKey(1, 5, 0, GateUp, 1, Direction.Backward),
        Request(),
        [null, Payload(_dDelta)],
        needsInput,
        needsGates);

    private double Low(double[] a, int row, int r) =>
        Enumerable.Range(0, In).Sum(i => a[(r * In) + i] * _x[Rows[row]][i]);

    private (double[] A, double[] B) Matrices(int expert)
    {
        var name = $"base_model.model.model.layers.0.mlp.up_proj.experts.{expert}.lora_";
        var values = _model.Values();
        return (values[name + "A.weight"], values[name + "B.weight"]);
    }

    private TorchPayload Payload(double[][] rows) =>
        Keep(tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]));

    private TorchPayload Payload(double[] values) => Keep(tensor(values));

    private TorchPayload Keep(Tensor values)
    {
        var payload = new TorchPayload(values);
        _payloads.Add(payload);
        return payload;
    }

    private static double[][] ToRows(Tensor values, int width) => [.. Flat(values).Chunk(width)];

    private static double[] Flat(Tensor values)
    {
        using var copy = values.contiguous();
        return copy.data<double>().ToArray();
    }

    private static double[][] Values(int rows, int width, ulong seed, bool zero = false)
    {
        var random = new CounterRandom(seed);
        var values = new double[rows][];
        for (var row = 0; row < rows; row++)
        {
            values[row] = new double[width];
            for (var i = 0; i < width && !zero; i++)
            {
                values[row][i] = random.NextGaussian();
            }
        }

        return values;
    }
}
