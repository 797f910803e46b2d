using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class ComparisonPlanTests : IDisposable
{
    private const string Good = """
        recipe: base.yaml
        configurations:
          none: {router: {kind: none}}
          topk: {router: {kind: topk}}
          mor: {router: {sub_routers: 2}, training: {learning_rate: 1e-2}}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-plan-");

    public ComparisonPlanTests() => File.WriteAllText(
        Path.Combine(_folder.FullName, "base.yaml"),
        "backbone: {path: b}\ntraining: {steps: 7, learning_rate: 1e-4}\nrouter: {balance_loss: 0.5}\n");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_plan_with_the_least_has_the_documented_defaults()
    {
        var plan = Parse(Good);

        Assert.Equal("my-plan", plan.Name);
        Assert.Equal(Path.Combine(_folder.FullName, "base.yaml"), plan.RecipePath);
        Assert.Equal(["none", "topk", "mor"], plan.Configurations.Select(configuration => configuration.Name));
        Assert.Equal([1, 2, 3, 4, 5], plan.Seeds);
        Assert.Equal("none", plan.Reference);
        Assert.Null(plan.Match);
        Assert.Empty(plan.Common);
    }

    [Fact]
    public void A_configuration_counts_above_the_plan_and_the_plan_above_the_recipe()
    {
        var plan = Parse(Good + "\ntraining: {learning_rate: 1e-3, steps: 9}\nbackbone: {path: other}\n", "training.steps=11");

        var (topk, mor) = (plan.RecipeOf(plan.Configurations[1]), plan.RecipeOf(plan.Configurations[2]));

        Assert.Equal((11, 1e-3, 0.5), (topk.Training.Steps, topk.Training.LearningRate, topk.Router.BalanceLoss));
        Assert.Equal((11, 1e-2, 2), (mor.Training.Steps, mor.Training.LearningRate, mor.Router.SubRouters));
        Assert.Equal(RecipeRouterKind.TopK, topk.Router.Kind);
        Assert.Equal(Path.Combine(_folder.FullName, "other"), topk.Backbone.Path);
    }

    [Theory]
    [InlineData("seeds: 1..3", new long[] { 1, 2, 3 })]
    [InlineData("seeds: 7..7", new long[] { 7 })]
    [InlineData("seeds: 42", new long[] { 42 })]
    [InlineData("seeds: [5, 3, 9223372036854775807]", new long[] { 5, 3, long.MaxValue })]
    public void Seeds_are_a_range_or_a_list(string text, long[] expected) =>
        Assert.Equal(expected, Parse($"{Good}\n{text}").Seeds);

    [Fact]
    public void Options_replace_the_plans_own_keys_too()
    {
        var plan = Parse(Good, "seeds=2..3", "reference=mor", "match.configuration=topk", "match.tolerance=0.2");

        Assert.Equal([2, 3], plan.Seeds);
        Assert.Equal("mor", plan.Reference);
        Assert.Equal(new ComparisonMatch("topk", 0.2), plan.Match);
    }

    [Theory]
    [InlineData("sedes: 1..3", "line 6: sedes is not a known key; the nearest is seeds")]
    [InlineData("seed: 3", "seed is not a known key; the nearest is seeds")]
    [InlineData("seeds: 3..1", "seeds is '3..1', allowed is each 0..9223372036854775807; 1..1000 items")]
    [InlineData("seeds: 1..5000", "seeds is '1..5000', allowed is")]
    [InlineData("seeds: -1..3", "seeds is '-1', allowed is 0..9223372036854775807")]
    [InlineData("seeds: [1, 1]", "seeds[1] repeats '1'")]
    [InlineData("seeds: few", "seeds is 'few', expected a whole number")]
    [InlineData("seeds: ", "seeds is empty, expected a range such as 1..5")]
    [InlineData("reference: topkk", "reference is 'topkk', which is none of the configurations none, topk, mor")]
    [InlineData("match: {configuration: nun}", "match.configuration is 'nun', which is none of the configurations")]
    [InlineData("match: {tolerance: 0.1}", "match.configuration is not given, and match.tolerance is")]
    [InlineData("match: {configuration: topk, tolerance: 2}", "match.tolerance is '2', allowed is from 0 to 1")]
    [InlineData("match: topk", "match is 'topk', expected a group of keys")]
    [InlineData("training: {stepps: 3}", "training.stepps is not a known key; the nearest is training.steps")]
    [InlineData("name: A B", "name is 'A B', allowed is at most 100 of a-z")]
    public void Mistakes_at_the_top_are_refused_with_the_line(string line, string expected) =>
        Refused($"{Good}\n{line}", expected);

    [Theory]
    [InlineData("{router: {kind: topk}}", "{router: {knd: topk}}", "router.knd is not a known key; the nearest is router.kind")]
    [InlineData("{router: {kind: topk}}", "{training: {steps: 3}}", "configurations.topk sets training.steps, which has to be the same")]
    [InlineData("{router: {kind: topk}}", "{seed: 3}", "configurations.topk sets seed, which has to be the same")]
    [InlineData("{router: {kind: topk}}", "{data: {tasks: [x]}}", "configurations.topk sets data.tasks, which has to be the same")]
    [InlineData("{router: {kind: topk}}", "{evaluation: {max_items: 1}}", "configurations.topk sets evaluation.max_items")]
    [InlineData("{router: {kind: topk}}", "word", "the document is 'word', expected keys")]
    [InlineData("topk:", "Top K:", "configurations has the name 'Top K', allowed are at most 60 of a-z")]
    [InlineData("topk:", "none:", "line 4")]
    [InlineData("recipe: base.yaml", "recipe: nothing", "recipe is 'nothing', and there is neither a recipe of that name nor such a file")]
    [InlineData("recipe: base.yaml", "", "recipe is required and not given")]
    public void Mistakes_in_configurations_are_refused(string good, string bad, string expected)
    {
        Assert.Contains(good, Good, StringComparison.Ordinal);
        Refused(Good.Replace(good, bad, StringComparison.Ordinal), expected);
    }

    [Fact]
    public void A_rank_is_refused_where_it_is_chosen_and_allowed_where_it_sets_the_budget()
    {
        var text = Good.Replace("{kind: topk}}", "{kind: topk}, experts: {rank: 4}}", StringComparison.Ordinal);

        Assert.Equal(3, Parse(text + "\nmatch: {configuration: topk}").Configurations.Count);
        Refused(text + "\nmatch: {configuration: mor}", "line 4: configuration topk sets experts.rank, which is chosen to match mor");
    }

    [Fact]
    public void One_configuration_is_no_comparison() => Refused(
        "recipe: base.yaml\nconfigurations: {a: {}}", "configurations has 1 names, allowed is 2..100 names");

    [Fact]
    public void What_a_recipe_refuses_is_told_with_the_configuration()
    {
        var plan = Parse(Good + "\nexperts: {count: 4}\n");

        var error = Assert.Throws<InputException>(() => plan.RecipeOf(plan.Configurations[0]));

        Assert.Contains("line 6: experts.count is 4, and router.kind none has 1 expert", error.Message, StringComparison.Ordinal);
        Assert.Contains("(in configuration none)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_plans_and_the_example_of_the_reference_are_good()
    {
        var example = RecipeReference.Markdown().Split("```yaml\n")
            .Single(text => text.Contains("configurations:", StringComparison.Ordinal)).Split("```")[0];
        var plans = Directory.GetFiles(Path.Join(TestFolders.Root, "plans"), "*.yaml")
            .Select(file => ComparisonPlan.Load(file, ["backbone.path=/b", "data.folder=/d"]))
            .Append(ComparisonPlan.Parse("example.yaml", example, ["backbone.path=/b", "data.folder=/d"]))
            .ToList();

        Assert.True(plans.Count > 1);
        Assert.All(plans, plan => Assert.All(plan.Configurations, configuration => plan.RecipeOf(configuration)));
    }

    private ComparisonPlan Parse(string text, params string[] overrides) =>
        ComparisonPlan.Parse(Path.Combine(_folder.FullName, "My Plan.yaml"), text, overrides);

    private void Refused(string text, string expected)
    {
        var error = Assert.Throws<InputException>(() => Parse(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }
}
