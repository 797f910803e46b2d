using MoR.Cluster.Errors;
using MoR.Coordinator.Comparison;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Comparison;

/// <summary>What may change when a comparison goes on, and what would mix experiments.</summary>
public sealed class ComparisonRecordTests
{
    private static readonly Recipe Usual = Recipe.Parse("/r/r.yaml", "backbone: {path: /b}\ntraining: {steps: 40}\n", []);

    private readonly ComparisonRecord _before = Record(("a", Usual), ("b", With("router.kind=topk")));

    [Fact]
    public void A_record_reads_back_as_it_was_written()
    {
        var bytes = _before.Write();

        Assert.Equal(bytes, ComparisonRecord.Read("plan.json", bytes).Write());
    }

    [Fact]
    public void Seeds_and_configurations_may_be_added_and_speed_and_place_may_change()
    {
        var next = Record(
            ("b", With("router.kind=topk")),
            ("c", With("router.kind=mor")),
            ("a", With("numerics.threads=3", "training.window=5", "checkpoint.keep=9", "backbone.path=/elsewhere")));

        ComparisonRecord.Read("plan.json", _before.Write()).RequireSame("folder", next with { Seeds = [1, 2, 3] });
    }

    [Fact]
    public void A_changed_recipe_is_refused_with_both_values() =>
        Refused(Record(("a", With("training.steps=41", "experts.rank=[8,7]")), ("b", With("router.kind=topk"))),
            "configuration a has changed: experts.rank was 8 and is [8, 7], training.steps was 40 and is 41");

    [Fact]
    public void What_is_missing_is_refused()
    {
        Refused(Record(("a", Usual)), "configuration b is no longer in the plan");
        Refused(_before with { Seeds = [2, 3] }, "seeds 1 are no longer in the plan");
    }

    [Fact]
    public void Other_weights_and_other_data_are_refused()
    {
        Refused(_before with { BackboneFingerprint = "other" }, "they were made on another backbone");
        Refused(_before with { DataSha256 = "other" }, "tasks, data or tokenizer have changed since");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void A_file_that_is_no_record_is_refused(string text)
    {
        var error = Assert.Throws<InputException>(() =>
            ComparisonRecord.Read("out/plan.json", System.Text.Encoding.UTF8.GetBytes(text)));

        Assert.Equal("out/plan.json", error.Subject);
    }

    private void Refused(ComparisonRecord next, string expected)
    {
        var error = Assert.Throws<InputException>(() => _before.RequireSame("the folder", next));
        Assert.Contains("the runs in it belong to another comparison: " + expected, error.Message, StringComparison.Ordinal);
    }

    private static Recipe With(params string[] overrides) => Recipe.Parse("/r/r.yaml", Usual.ToYaml(), overrides);

    private static ComparisonRecord Record(params (string Name, Recipe Recipe)[] configurations) => new()
    {
        BackboneFingerprint = "f00d",
        DataSha256 = "beef",
        Seeds = [1, 2],
        Recipes = configurations.ToDictionary(item => item.Name, item => item.Recipe.ToYaml(), StringComparer.Ordinal),
    };
}
