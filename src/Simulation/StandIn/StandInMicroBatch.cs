using MoR.Cluster.Protocol;
using MoR.Engine;

namespace MoR.Simulation.StandIn;

/// <summary>
/// A micro-batch of the stand-in model. At each dispatch point a row x goes to the experts with the largest x·R + bias, with gates
/// from the scores; y = x/2 + ΣΔ in shard order, and the loss is the mean of y². Sums are of f32, so their order shows.
/// </summary>
internal sealed class StandInMicroBatch : IMicroBatch
{
    private const int W = StandInShape.Width;
    private const float Skip = 0.5f;
    private readonly StandInShape _shape;
    private readonly StandInState _state;
    private readonly RequestKey _key;
    private readonly float[][] _inputs_TW;
    private readonly StandInChoice[][] _choices; // by point, then those that go to a shard
    private readonly List<ForwardRequest>[] _requests;
    private readonly List<BackwardRequest> _backward = [];
    private readonly StandInDelta _delta;
    private float[] _gradient_TW = [];

    /// <param name="shape">The model.</param>
    /// <param name="state">Its parameters, which do not change while this lives.</param>
    /// <param name="epoch">Of the coordinator.</param>
    /// <param name="step">The step.</param>
    /// <param name="position">In the step.</param>
    /// <param name="inputs_TW">Its rows, which are not changed.</param>
    public StandInMicroBatch(StandInShape shape, StandInState state, long epoch, long step, int position, float[] inputs_TW)
    {
        (_shape, _state) = (shape, state);
        _key = new RequestKey(epoch, step, position, 0, 0, Direction.Forward);
        _inputs_TW = new float[shape.Points + 1][];
        _inputs_TW[0] = inputs_TW;
        _choices = new StandInChoice[shape.Points][];
        _requests = [.. Enumerable.Range(0, shape.Points).Select(_ => new List<ForwardRequest>())];
        _delta = new StandInDelta(position, new float[shape.Length], new long[shape.Points * shape.Experts]);
    }

    /// <inheritdoc/>
    public int DispatchPoints => _shape.Points;

    /// <inheritdoc/>
    public IReadOnlyList<ForwardRequest> Forward(int dispatchPoint)
    {
        var x_TW = _inputs_TW[dispatchPoint];
        _choices[dispatchPoint] = [.. RealRows(x_TW).SelectMany(row => Choose(dispatchPoint, row))];
        foreach (var choice in _choices[dispatchPoint])
        {
            _delta.Loads[(dispatchPoint * _shape.Experts) + choice.Expert]++;
        }

        for (var shard = 0; shard < _shape.Shards; shard++)
        {
            if (RequestTo(shard, dispatchPoint) is { } request)
            {
                _requests[dispatchPoint].Add(request);
            }
        }

        return _requests[dispatchPoint];
    }

    /// <inheritdoc/>
    public void ForwardFrozen(int dispatchPoint) =>
        _inputs_TW[dispatchPoint + 1] = [.. _inputs_TW[dispatchPoint].Select(value => Skip * value)];

    /// <inheritdoc/>
    public void AcceptForward(int dispatchPoint, IReadOnlyList<ForwardReply> replies)
    {
        var y_TW = _inputs_TW[dispatchPoint + 1];
        foreach (var reply in replies)
        {
            var rows = RowsOf(dispatchPoint, reply.Key.Shard);
            var deltas = ((ArrayPayload)reply.Deltas[0]!).Values;
            for (var i = 0; i < deltas.Length; i++)
            {
                y_TW[(rows[i / W] * W) + (i % W)] += deltas[i];
            }

            reply.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        var y_TW = _inputs_TW[^1];
        _gradient_TW = [.. y_TW.Select(value => 2 * value / y_TW.Length)];
        _delta.Loss = y_TW.Sum(value => (double)value * value) / y_TW.Length;
    }

    /// <inheritdoc/>
    public IReadOnlyList<BackwardRequest> Backward(int dispatchPoint)
    {
        List<BackwardRequest> requests =
        [
            .. _requests[dispatchPoint].Select(forward =>
            {
                var rows = RowsOf(dispatchPoint, forward.Key.Shard);
                float[] gradient = [.. rows.SelectMany(row => _gradient_TW.AsSpan(row * W, W).ToArray())];
                return new BackwardRequest(
                    forward.Key with { Direction = Direction.Backward }, forward, [new ArrayPayload(gradient, rows.Length, W)], true, true);
            }),
        ];
        _backward.AddRange(requests);
        return requests;
    }

    /// <inheritdoc/>
    public void BackwardFrozen(int dispatchPoint) => _gradient_TW = [.. _gradient_TW.Select(value => Skip * value)];

    /// <inheritdoc/>
    public void AcceptBackward(int dispatchPoint, IReadOnlyList<BackwardReply> replies)
    {
        foreach (var reply in replies)
        {
            var shard = reply.Key.Shard;
            var rows = RowsOf(dispatchPoint, shard);
            var input = ((ArrayPayload)reply.InputGradient!).Values;
            for (var i = 0; i < input.Length; i++)
            {
                _gradient_TW[(rows[i / W] * W) + (i % W)] += input[i];
            }

            AcceptGates(dispatchPoint, AssignmentsOf(dispatchPoint, shard), ((ArrayPayload)reply.GateGradients[0]).Values);
            reply.Dispose();
        }
    }

    /// <inheritdoc/>
    public void AcceptParameterGradients(int dispatchPoint, IReadOnlyList<ExpertGradient> gradients)
    {
        foreach (var gradient in gradients)
        {
            var (shard, local) = (gradient.Expert / _shape.ExpertsPerShard, gradient.Expert % _shape.ExpertsPerShard);
            var start = (shard * _shape.ShardLength) + _shape.ExpertOffset(dispatchPoint, local);
            ((ArrayPayload)gradient.A).Values.CopyTo(_delta.Gradient, start);
            ((ArrayPayload)gradient.B).Values.CopyTo(_delta.Gradient, start + W);
            gradient.Dispose();
        }
    }

    /// <inheritdoc/>
    public IMicroBatchDelta TakeDelta() => _delta;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var request in _requests.SelectMany(list => list))
        {
            request.Dispose();
        }

        _backward.ForEach(request => request.Dispose());
    }

    private static IEnumerable<int> RealRows(float[] x_TW) =>
        Enumerable.Range(0, x_TW.Length / W).Where(row => x_TW.AsSpan(row * W, W).ContainsAnyExcept(0f));

    private IEnumerable<StandInChoice> Choose(int point, int row)
    {
        var scores = new float[_shape.Experts];
        for (var expert = 0; expert < scores.Length; expert++)
        {
            scores[expert] = Score(point, row, expert);
        }

        return Enumerable.Range(0, scores.Length)
            .OrderByDescending(expert => scores[expert] + _state.Biases[(point * _shape.Experts) + expert])
            .ThenBy(expert => expert)
            .Take(_shape.TopK)
            .Select(expert => new StandInChoice(row, expert, 0.5f + (0.5f * scores[expert] / (1 + Math.Abs(scores[expert])))))
            .ToArray();
    }

    private float Score(int point, int row, int expert)
    {
        var router = _state.Router(point, expert);
        var sum = 0f;
        for (var i = 0; i < W; i++)
        {
            sum += _inputs_TW[point][(row * W) + i] * router[i];
        }

        return sum;
    }

    private int ShardOf(StandInChoice choice) => choice.Expert / _shape.ExpertsPerShard;

    /// <summary>The rows of a shard, ascending.</summary>
    private int[] RowsOf(int point, int shard) =>
        [.. _choices[point].Where(choice => ShardOf(choice) == shard).Select(choice => choice.Row).Distinct().Order()];

    /// <summary>What goes to a shard, by expert, then by row.</summary>
    private StandInChoice[] AssignmentsOf(int point, int shard) =>
        [.. _choices[point].Where(choice => ShardOf(choice) == shard).OrderBy(choice => choice.Expert).ThenBy(choice => choice.Row)];

    private ForwardRequest? RequestTo(int shard, int point)
    {
        var assignments = AssignmentsOf(point, shard);
        if (assignments.Length == 0)
        {
            return null;
        }

        var rows = RowsOf(point, shard);
        float[] values = [.. rows.SelectMany(row => _inputs_TW[point].AsSpan(row * W, W).ToArray())];
        int[] experts = [.. assignments.Select(choice => choice.Expert).Distinct()];
        var route = new Route(
            [.. Enumerable.Range(0, rows.Length)],
            [.. assignments.Select(choice => Array.IndexOf(rows, choice.Row))],
            experts,
            [.. experts.Select(expert => assignments.Count(choice => choice.Expert == expert))],
            new ArrayPayload([.. assignments.Select(choice => choice.Gate)], assignments.Length));
        return new ForwardRequest(
            _key with { DispatchPoint = point, Shard = shard }, _state.Version, new ArrayPayload(values, rows.Length, W), [route], [0]);
    }

    /// <summary>∂gate/∂score = 0.5 / (1 + |score|)².</summary>
    private void AcceptGates(int point, StandInChoice[] assignments, float[] gradients)
    {
        for (var i = 0; i < gradients.Length; i++)
        {
            var (row, expert, _) = assignments[i];
            var slope = 1 + Math.Abs(Score(point, row, expert));
            var gradient = gradients[i] * 0.5f / (slope * slope);
            var start = _state.RouterStart(point, expert);
            for (var j = 0; j < W; j++)
            {
                _delta.Gradient[start + j] += gradient * _inputs_TW[point][(row * W) + j];
            }
        }
    }
}
