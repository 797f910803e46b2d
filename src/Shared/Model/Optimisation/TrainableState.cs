using MoR.Engine;
using MoR.Model.Adapters;
using MoR.Model.Parameters;
using MoR.Model.Segments;
using static TorchSharp.torch;

namespace MoR.Model.Optimisation;

/// <summary>Everything that a step changes, and its commit (law 2).</summary>
public sealed class TrainableState : ITrainableState<StepReport>, IDisposable
{
    private const string LoadSuffix = ".load";
    private readonly LearningRateSchedule _schedule;
    private readonly Dictionary<string, Tensor> _routerState = new(StringComparer.Ordinal);
    private MicroBatchDelta? _sum;
    private Dictionary<string, double> _auxiliary = [];
    private Dictionary<string, double[]> _statistics = [];
    private double _loss;

    /// <summary>Starts at version 0 over the given parameters, which stay the caller's.</summary>
    public TrainableState(ParameterVector parameters, AdamW optimiser, LearningRateSchedule schedule)
    {
        (Parameters, Optimiser, _schedule) = (parameters, optimiser, schedule);
    }

    /// <inheritdoc/>
    public long Version { get; private set; }

    /// <summary>The trained parameters.</summary>
    public ParameterVector Parameters { get; }

    /// <summary>The optimiser and its moments.</summary>
    public AdamW Optimiser { get; }

    /// <summary>Router state by <c>{site}.{name}</c>, such as rows per expert so far (<c>load</c>).</summary>
    public IReadOnlyDictionary<string, Tensor> RouterState => _routerState;

    /// <summary>Takes up a state that was saved.</summary>
    public void Restore(long version, IReadOnlyDictionary<string, Tensor> routerState)
    {
        Version = version;
        foreach (var (name, value) in routerState)
        {
            _routerState[name] = value.DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Accumulate(IMicroBatchDelta delta)
    {
        var part = (MicroBatchDelta)delta;
        _loss += part.Loss;
        foreach (var (name, value) in part.AuxiliaryLosses)
        {
            _auxiliary[name] = _auxiliary.GetValueOrDefault(name) + value;
        }

        foreach (var (name, values) in part.Statistics)
        {
            _statistics[name] = _statistics.TryGetValue(name, out var sum)
                ? [.. sum.Zip(values, (left, right) => left + right)]
                : values;
        }

        if (_sum is null)
        {
            _sum = part;
            return;
        }

        using (part)
        {
            _sum.Gradient.Values.add_(part.Gradient.Values);
            foreach (var (name, value) in part.RouterState)
            {
                _sum.RouterState[name].add_(value);
            }
        }
    }

    /// <inheritdoc/>
    public StepReport Commit(long step)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var sum = _sum ?? throw new InvalidOperationException("a step needs at least one micro-batch");
        var norm = Optimiser.GradientNorm(sum.Gradient.Values);
        var report = new StepReport
        {
            Step = step,
            Loss = _loss,
            AuxiliaryLosses = _auxiliary,
            GradientNorm = norm,
            LearningRate = _schedule.At(step),
            Skipped = !double.IsFinite(norm),
            MaskedShards = sum.MaskedShards,
            Load = Loads(sum.RouterState),
            Statistics = _statistics,
        };
        if (!report.Skipped)
        {
            Optimiser.Update(sum.Gradient.Values, norm, report.LearningRate, RangesOf(sum.MaskedShards));
            AddRouterState(sum.RouterState);
        }

        Version = step;
        Discard();
        return report;
    }

    /// <inheritdoc/>
    public void Discard()
    {
        _sum?.Dispose();
        _sum = null;
        _loss = 0;
        _auxiliary = [];
        _statistics = [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Discard();
        foreach (var tensor in _routerState.Values)
        {
            tensor.Dispose();
        }
    }

    /// <summary>Where the parameters of shards lie.</summary>
    private IReadOnlyList<(long Start, long End)> RangesOf(IReadOnlyList<int> shards)
    {
        if (shards.Count == 0)
        {
            return [];
        }

        var offsets = AdapterLayout.Of(Parameters).ShardOffsets;
        return [.. shards.Select(shard => (offsets[shard], offsets[shard + 1]))];
    }

    private static Dictionary<string, long[]> Loads(IReadOnlyDictionary<string, Tensor> state) => state
        .Where(item => item.Key.EndsWith(LoadSuffix, StringComparison.Ordinal))
        .ToDictionary(item => item.Key[..^LoadSuffix.Length], item => item.Value.cpu().data<long>().ToArray());

    private void AddRouterState(IReadOnlyDictionary<string, Tensor> deltas)
    {
        foreach (var (name, delta) in deltas)
        {
            if (_routerState.TryGetValue(name, out var total))
            {
                total.add_(delta);
            }
            else
            {
                _routerState[name] = delta.clone().DetachFromDisposeScope();
            }
        }
    }
}
