using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;
using GatesOfRows = System.Collections.Generic.Dictionary<(int Row, int Expert), double>;

namespace MoR.Model.Tests.Segments;

/// <summary>
/// A row sees itself and the rows before it in its own sequence. Values are changed, not lengths; other rows may then
/// choose other experts, whose products have other shapes, so results are compared within rounding.
/// </summary>
public sealed class CausalityTests
{
    [Theory]
    [InlineData("topk scope=linear")]
    [InlineData("topk scope=block")]
    [InlineData("mor m=2")]
    [InlineData("mor scope=block mixing=logit")]
    public async Task Later_tokens_change_neither_gates_nor_logits(string adapter)
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse(adapter, 2), ScalarType.Float64);
        model.Randomise(seed: 5);
        const int Kept = 6;
        var tokens = tiny.Tokens(11, seed: 1);
        var changed = (int[])[.. tokens[..Kept], .. tiny.Tokens(5, seed: 2)];

        var (before, gatesBefore) = await RunAsync(model, PackedBatch.ForLogits(tokens));
        var (after, gatesAfter) = await RunAsync(model, PackedBatch.ForLogits(changed));

        Agreement.Within(1e-12, before[..Kept], after[..Kept], "rows before the change");
        Assert.True(Math.Abs(before[Kept][0] - after[Kept][0]) > 1e-3, "the change did not show where it was made");
        Assert.NotEmpty(gatesBefore);
        foreach (var (point, gates) in gatesBefore)
        {
            SameGates(gates, gatesAfter[point], row => row < Kept);
        }
    }

    [Theory]
    [InlineData("topk scope=linear")]
    [InlineData("mor m=2")]
    [InlineData("mor scope=block")]
    public async Task Other_sequences_of_the_batch_change_nothing(string adapter)
    {
        using var tiny = new TinyBackbone();
        using var model = new TestModel(tiny.Folder, AdapterCase.Parse(adapter, 2), ScalarType.Float64);
        model.Randomise(seed: 5);
        var tokens = tiny.Tokens(7, seed: 1);

        var alone = await model.LogLikelihoodsAsync((tokens, 1));
        var among = await model.LogLikelihoodsAsync((tiny.Tokens(9, 2), 1), (tokens, 1), (tiny.Tokens(4, 3), 1));
        var reordered = await model.LogLikelihoodsAsync((tiny.Tokens(4, 3), 1), (tokens, 1));

        Agreement.Within(1e-12, [.. alone], [.. among.Skip(8).Take(6)], "among others");
        Agreement.Within(1e-12, [.. alone], [.. reordered.Skip(3)], "in another order");
    }

    private static async Task<(double[][] Logits, Dictionary<int, GatesOfRows> Gates)> RunAsync(
        TestModel model, PackedBatch batch)
    {
        var link = new RecordingLink(model.Link);
        using var microBatch = new LlamaMicroBatch(model.Model, batch, MicroBatchContext.Inference(0));
        await new MicroBatchRunner(model.Math, link).ForwardAsync(microBatch, CancellationToken.None);
        var logits = microBatch.Head.Logits!.data<double>().ToArray();
        return ([.. logits.Chunk(model.Backbone.Config.VocabularySize)], link.Gates);
    }

    private static void SameGates(
        GatesOfRows one, GatesOfRows other, Func<int, bool> rows)
    {
        var kept = one.Where(gate => rows(gate.Key.Row)).ToArray();
        Assert.NotEmpty(kept);
        Assert.Equal(kept.Length, other.Count(gate => rows(gate.Key.Row)));
        Assert.All(kept, gate => Assert.Equal(gate.Value, other[gate.Key], 1e-12));
    }
}
