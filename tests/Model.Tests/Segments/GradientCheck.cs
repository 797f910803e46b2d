using MoR.Cluster.Random;
using MoR.Model.Backbone;
using MoR.Model.Parameters;
using MoR.Model.Segments;

namespace MoR.Model.Tests.Segments;

/// <summary>Analytic gradients of a step against central differences of its loss.</summary>
/// <param name="model">The model, in float64.</param>
/// <param name="microBatches">The step's micro-batches.</param>
internal sealed class GradientCheck(TestModel model, IReadOnlyList<PackedBatch> microBatches)
{
    private const double Step = 2e-5;
    private const int SamplesPerKind = 30;

    /// <summary>∂L/∂parameters of the whole step: the sum of the micro-batches' deltas.</summary>
    public async Task<Dictionary<string, double[]>> GradientAsync()
    {
        var sum = model.Parameters.Layout.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => new double[parameter.Count]);
        for (var position = 0; position < microBatches.Count; position++)
        {
            using var microBatch = Open(position);
            using var delta = (MicroBatchDelta)await model.Runner.TrainAsync(microBatch, CancellationToken.None);
            foreach (var (name, values) in TestModel.ValuesOf(delta.Gradient))
            {
                sum[name] = [.. sum[name].Zip(values, (left, right) => left + right)];
            }
        }

        return sum;
    }

    /// <summary>L = NLL + Σ coefficient · auxiliary loss, as in training: with dropout and jitter.</summary>
    public async Task<double> LossAsync()
    {
        var loss = 0.0;
        for (var position = 0; position < microBatches.Count; position++)
        {
            using var microBatch = Open(position);
            await model.Runner.ForwardAsync(microBatch, CancellationToken.None);
            loss += microBatch.Head.Loss;
            loss += microBatch.AuxiliaryLosses.Sum(named => Coefficient(named.Key) * named.Value);
        }

        return loss;
    }

    /// <summary>Compares a seeded sample: every parameter at least once, each kind at least thirty times.</summary>
    public async Task RunAsync(ulong seed)
    {
        var gradient = await GradientAsync();
        foreach (var kind in model.Parameters.Layout.Parameters.GroupBy(parameter => Kind(parameter.Name)))
        {
            var parameters = kind.ToArray();
            var random = new CounterRandom(seed, (ulong)kind.Key.Length);
            var seen = 0;
            for (var sample = 0; sample < Math.Max(SamplesPerKind, parameters.Length); sample++)
            {
                var parameter = parameters[sample % parameters.Length];
                var place = random.NextBelow((int)parameter.Count);
                var analytic = gradient[parameter.Name][place];
                var numeric = await DifferenceAsync(parameter, place);
                Assert.True(
                    Math.Abs(analytic - numeric) <= (1e-6 * Math.Abs(numeric)) + 5e-10,
                    $"seed {seed}, {parameter.Name}[{place}]: gradient {analytic:R}, difference quotient {numeric:R}");
                seen += Math.Abs(numeric) > 1e-6 ? 1 : 0;
            }

            Assert.True(seen >= 5, $"only {seen} gradients of {kind.Key} differ from zero");
        }
    }

    private async Task<double> DifferenceAsync(Parameter parameter, int place)
    {
        using var value = model.Parameters.Values.narrow(0, parameter.Offset + place, 1);
        var start = value.item<double>();
        value.fill_(start + Step);
        var above = await LossAsync();
        value.fill_(start - Step);
        var below = await LossAsync();
        value.fill_(start);
        return (above - below) / (2 * Step);
    }

    private LlamaMicroBatch Open(int position) => new(model.Model, microBatches[position], new MicroBatchContext
    {
        ShardVersion = 0,
        Training = true,
        Seed = 17,
        Step = 1,
        Position = position,
        StepTargets = microBatches.Sum(batch => batch.Targets.Length),
        StepTokens = microBatches.Sum(batch => batch.Tokens.Length),
    });

    private double Coefficient(string loss) => loss switch
    {
        "balance" => model.Model.Layout.Spec.Router.BalanceLoss,
        "main_balance" => model.Model.Layout.Spec.Router.MainBalanceLoss,
        "z" => model.Model.Layout.Spec.Router.ZLoss,
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "no coefficient is known"),
    };

    private static string Kind(string name) =>
        name.Contains("lora_A", StringComparison.Ordinal) ? "expert A"
        : name.Contains("lora_B", StringComparison.Ordinal) ? "expert B"
        : name.Contains("main", StringComparison.Ordinal) ? "main router"
        : "sub-router";
}
