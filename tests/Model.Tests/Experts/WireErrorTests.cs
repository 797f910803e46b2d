using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Experts;
using MoR.Model.Segments;
using MoR.Model.Tokenizers;
using MoR.Tests;
using MoR.Torch;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>What each wire type loses of the rows of a real backbone, the demo's, with random experts: the table in
/// docs/ARCHITECTURE.md.</summary>
public sealed class WireErrorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(WireType.Bf16, 0.0010, 0.0025)]
    [InlineData(WireType.Int8, 0.0030, 0.0400)]
    public async Task Rows_lose_as_much_as_is_documented(WireType wire, double least, double most)
    {
        var backbone = Path.Combine(SharedData.Root, "demo", "backbone");
        var tokens = Tokenizer.Load(Path.Combine(backbone, "tokenizer.json"))
            .Encode("add 57 8 = 65. sort 4 9 1 gives 1 4 9. The day after 2021-02-28 is 2021-03-01. ");
        using var model = new TestModel(backbone, AdapterCase.Parse("mor shards=4 counts=8 rank=4 alpha=8", 4));
        model.Randomise(seed: 1, scale: 0.2);
        var batch = PackedBatch.ForPrediction([(tokens, 1)]);
        var link = new MeasuringLink(model.Link, wire);
        using var microBatch = new LlamaMicroBatch(model.Model, batch, new MicroBatchContext
        {
            ShardVersion = 0,
            Training = true,
            Step = 1,
            StepTargets = batch.Targets.Length,
            StepTokens = batch.Tokens.Length,
        });
        using var delta = await new MicroBatchRunner(model.Math, link).TrainAsync(microBatch, CancellationToken.None);

        foreach (var (rows, (error, size)) in link.Squares)
        {
            var relative = Math.Sqrt(error / size);
            output.WriteLine($"{wire}, {rows}: {relative:P3}");
            Assert.InRange(relative, least, most);
        }
    }

    /// <summary>Sums squares of rows and of what rounding changes of them, in float64.</summary>
    private sealed class MeasuringLink(IExpertLink inner, WireType wire) : IExpertLink
    {
        public SortedDictionary<string, (double Error, double Size)> Squares { get; } = new(StringComparer.Ordinal);

        public async Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
        {
            Measure("x", request.Rows);
            var reply = await inner.ForwardAsync(request, cancel);
            Measure("Δ", [.. reply.Deltas]);
            return reply;
        }

        public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
        {
            Measure("∂L/∂Δ", [.. request.DeltaGradients]);
            var reply = await inner.BackwardAsync(request, cancel);
            Measure("∂L/∂x", reply.InputGradient);
            return reply;
        }

        public Task PublishAsync(long version, CancellationToken cancel) => inner.PublishAsync(version, cancel);

        private void Measure(string name, params TensorPayload?[] payloads)
        {
            lock (Squares)
            {
                foreach (var payload in payloads.OfType<TensorPayload>())
                {
                    using var scope = NewDisposeScope();
                    var (source, rows) = RowsPayload.Of(payload);
                    var exact = rows is null ? source : source.index_select(0, tensor(RowsPayload.Longs(rows)!));
                    var rounded = empty(exact.shape, exact.dtype);
                    TensorKernels.Current.RoundRows(rounded, exact, null, wire);
                    var wide = exact.to(float64);
                    var (error, size) = Squares.GetValueOrDefault(name);
                    Squares[name] = (
                        error + (rounded.to(float64) - wide).square().sum().item<double>(), size + wide.square().sum().item<double>());
                }
            }
        }
    }
}
