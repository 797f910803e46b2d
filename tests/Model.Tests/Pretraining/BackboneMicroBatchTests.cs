using MoR.Cluster.Random;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Pretraining;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Pretraining;

public sealed class BackboneMicroBatchTests
{
    private const double Difference = 2e-5;
    private const int SamplesPerTensor = 12;

    private static readonly MicroBatchRunner Runner = new(new InlineExecutor(), new NoExperts());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Likelihoods_agree_with_the_reference(bool tied)
    {
        using var tiny = new TinyBackbone(tied: tied);
        using var backbone = Load(tiny);
        int[][] sequences = [tiny.Tokens(7, 1), tiny.Tokens(2, 2), tiny.Tokens(5, 3)];

        using var microBatch = new BackboneMicroBatch(backbone, Pack(sequences), MicroBatchContext.Inference(0));
        await Runner.ForwardAsync(microBatch, CancellationToken.None);

        Agreement.Within(1e-10, Reference(tiny, sequences), [.. microBatch.LogLikelihoods], "log-likelihoods");
        Assert.Equal(Hits(tiny, sequences), microBatch.Hits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gradients_agree_with_finite_differences_of_the_reference(bool tied)
    {
        using var tiny = new TinyBackbone(tied: tied);
        using var backbone = Load(tiny);
        int[][] sequences = [tiny.Tokens(6, 1), tiny.Tokens(2, 2), tiny.Tokens(4, 3)];
        var gradient = await GradientAsync(backbone, [Pack(sequences)]);

        Assert.Equal(tiny.Values.Keys.Order(StringComparer.Ordinal), gradient.Keys.Order(StringComparer.Ordinal));
        foreach (var (place, (name, values)) in tiny.Values.Index())
        {
            var random = new CounterRandom(5, (ulong)place);
            for (var sample = 0; sample < SamplesPerTensor; sample++)
            {
                var i = random.NextBelow(values.Length);
                var kept = values[i];
                values[i] = kept + Difference;
                var above = Loss(tiny, sequences);
                values[i] = kept - Difference;
                var below = Loss(tiny, sequences);
                values[i] = kept;
                Agreement.Within(
                    1e-8, [(above - below) / (2 * Difference)], [gradient[name][i]], $"seed 5: {name}[{i}]");
            }
        }
    }

    [Fact]
    public async Task Micro_batches_add_up_to_the_gradient_of_the_whole()
    {
        using var tiny = new TinyBackbone();
        using var backbone = Load(tiny);
        int[][] sequences = [tiny.Tokens(9, 1), tiny.Tokens(3, 2), tiny.Tokens(4, 3), tiny.Tokens(2, 4)];

        var whole = await GradientAsync(backbone, [Pack(sequences)]);
        var parts = await GradientAsync(backbone, [Pack(sequences[..1]), Pack(sequences[1..3]), Pack(sequences[3..])]);

        foreach (var (name, values) in whole)
        {
            Agreement.Within(1e-12, values, parts[name], name);
        }
    }

    [Fact]
    public void A_sequence_of_a_micro_batch_does_not_see_the_others()
    {
        using var tiny = new TinyBackbone();
        using var backbone = Load(tiny);
        var (own, other, another) = (tiny.Tokens(6, 1), tiny.Tokens(5, 2), tiny.Tokens(5, 3));

        Assert.Equal(Likelihoods(other).Take(5), Likelihoods(another).Take(5));
        Assert.NotEqual(Likelihoods(other).Skip(5), Likelihoods(another).Skip(5));

        IReadOnlyList<double> Likelihoods(int[] second)
        {
            using var microBatch = new BackboneMicroBatch(backbone, Pack([own, second]), MicroBatchContext.Inference(0));
            microBatch.Finish();
            return microBatch.LogLikelihoods;
        }
    }

    private static BackboneParameters Load(TinyBackbone tiny)
    {
        using var scope = NewDisposeScope();
        var backbone = new BackboneParameters(new BackboneLayout(tiny.Config, 0.02), float64, CPU);
        foreach (var parameter in backbone.Layout.Parameters)
        {
            backbone.Vector.View(parameter).copy_(tensor(tiny.Values[parameter.Name], parameter.Shape));
        }

        return backbone;
    }

    private static PackedBatch Pack(int[][] sequences) =>
        PackedBatch.ForPrediction(sequences.Select(sequence => (sequence, 1)));

    private static async Task<Dictionary<string, double[]>> GradientAsync(
        BackboneParameters backbone, PackedBatch[] microBatches)
    {
        var sum = backbone.Layout.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => new double[parameter.Count]);
        foreach (var batch in microBatches)
        {
            using var microBatch = new BackboneMicroBatch(backbone, batch, new MicroBatchContext
            {
                ShardVersion = 0,
                Training = true,
                StepTargets = microBatches.Sum(item => item.Targets.Length),
            });
            using var delta = (MicroBatchDelta)await Runner.TrainAsync(microBatch, CancellationToken.None);
            foreach (var (name, values) in TestModel.ValuesOf(delta.Gradient))
            {
                sum[name] = [.. sum[name].Zip(values, (left, right) => left + right)];
            }
        }

        return sum;
    }

    private static double Loss(TinyBackbone tiny, int[][] sequences) => -Reference(tiny, sequences).Average();

    /// <summary>log p of every token after the first, sequence after sequence.</summary>
    private static double[] Reference(TinyBackbone tiny, int[][] sequences) =>
        [.. Predictions(tiny, sequences).Select(item => item.Logits[item.Target] - LogSumExp(item.Logits))];

    private static int Hits(TinyBackbone tiny, int[][] sequences) =>
        Predictions(tiny, sequences).Count(item => item.Logits[item.Target] == item.Logits.Max());

    private static IEnumerable<(double[] Logits, int Target)> Predictions(TinyBackbone tiny, int[][] sequences)
    {
        var model = new ReferenceModel(tiny.Config, tiny.Values);
        return sequences.SelectMany(sequence => model.Logits(sequence[..^1]).Zip(sequence[1..]));
    }

    private static double LogSumExp(double[] z) => z.Max() + Math.Log(z.Sum(value => Math.Exp(value - z.Max())));
}
