using System.Text.Json;
using MoR.Model.Backbone;
using MoR.Tests;

namespace MoR.Model.Tests.Backbone;

public sealed class GoldenLogitsTests
{
    [SkippableTheory]
    [InlineData("story-llama-hf")]
    [InlineData("verl-arith-llama-random")]
    public async Task Real_weights_give_the_golden_logits(string name)
    {
        var folder = SharedData.Require($"weights/{name}");
        using var file = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("golden/backbone_logits.json")));
        var golden = file.RootElement.GetProperty(name);
        var tokens = golden.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        using var model = new TestModel(folder, TestModel.PlainLora(LlamaConfigFile.Read(folder).Layers));

        var logits = await model.LogitsAsync(tokens);

        foreach (var pair in golden.GetProperty("logits_last_top5").EnumerateArray())
        {
            Assert.Equal(pair[1].GetDouble(), logits[^1][pair[0].GetInt32()], 1e-4);
        }

        var first = golden.GetProperty("logits_first8_of_last_row").EnumerateArray().Select(value => value.GetDouble());
        Assert.All(first.Zip(logits[^1]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        var sum = golden.GetProperty("logits_sum_abs").GetDouble();
        Assert.InRange(logits.Sum(row => row.Sum(Math.Abs)) / sum, 1 - 1e-6, 1 + 1e-6);
        Assert.Equal(golden.GetProperty("mean_next_token_nll").GetDouble(), await model.NllAsync(tokens), 1e-4);
    }
}
