using MoR.Cluster.Errors;
using MoR.Coordinator.Comparison;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Tests.Configuration;
using MoR.Model.Backbone;

namespace MoR.Coordinator.Tests.Comparison;

public sealed class ParameterMatchingTests : IDisposable
{
    // q_proj 16 to 16 and up_proj 16 to 24: one unit of rank of one expert has 32 + 40 = 72 parameters.
    private const int Unit = 72;

    private static readonly LlamaConfig Backbone = new()
    {
        HiddenSize = 16,
        IntermediateSize = 24,
        Layers = 4,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 4,
        VocabularySize = 100,
        MaxPositions = 64,
        NormEpsilon = 1e-5,
        RopeTheta = 100,
        TiedEmbeddings = true,
        EndOfText = [],
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-match-");

    public ParameterMatchingTests() => File.WriteAllText(Path.Combine(_folder.FullName, "base.yaml"), """
        backbone: {path: nowhere}
        experts: {rank: 8, targets: [q_proj, up_proj]}
        """);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_shipped_plans_meet_their_tolerance_on_their_own_backbone()
    {
        var plans = Directory.GetFiles(Path.Join(TestFolders.Root, "plans"), "*.yaml");
        Assert.NotEmpty(plans);
        Assert.All(plans, path =>
        {
            var plan = ComparisonPlan.Load(path, []);
            var config = LlamaConfigFile.Read(plan.RecipeOf(plan.Configurations[0]).Backbone.Path);

            Assert.Equal(plan.Configurations.Count, ParameterMatching.Resolve(plan, config).Count);
        });
    }

    [Fact]
    public void Ranks_make_up_for_routers_and_for_numbers_of_experts()
    {
        var matched = Resolve("""
            topk: {router: {kind: topk}, experts: {count: 4}}
            none: {router: {kind: none}}
            mor: {router: {kind: mor, sub_routers: 3}, experts: {count: 4}}
            steps: {router: {kind: topk}, experts: {count: [2, 6]}}
            """, tolerance: 0.03);

        // topk has two routers of 4 rows and 16 columns per layer, and 4 experts of rank 8.
        var budget = (4 * 2 * 64) + (4 * 4 * 8 * Unit);
        Check("topk", [8, 8, 8, 8], routers: 4 * 2 * 64, experts: 16 * 8);
        Assert.Equal(budget, matched[0].Parameters);

        // 9,728 / 72 = 135.1 units of rank: 34 + 34 + 34 + 33 = 135.
        Check("none", [34, 34, 34, 33], routers: 0, experts: 135);

        // Three sub-routers and a main router of 3 rows: 240 per router; 9,728 − 1,920 are 108.4 units, or 27.1 of 4 experts.
        Check("mor", [7, 7, 7, 6], routers: 4 * 2 * 240, experts: 27 * 4);

        // Two layers of 2 experts and two of 6, with 2 · 2 · (32 + 96) router parameters: 9,216 are 128 units at 16 per rank.
        Check("steps", [8, 8, 8, 8], routers: 4 * 2 * 64, experts: 16 * 8);

        void Check(string name, int[] ranks, long routers, long experts)
        {
            var item = matched.Single(item => item.Name == name);
            Assert.Equal(ranks, item.Layout.Spec.Experts.RankPerLayer);
            Assert.Equal((routers, experts * Unit), (item.RouterParameters, item.ExpertParameters));
            Assert.Equal(ranks, item.Recipe.Experts.Rank.PerLayer(4, "experts.rank"));
            Assert.True(Math.Abs(item.Parameters - budget) <= 0.03 * budget);
        }
    }

    [Fact]
    public void Off_the_tolerance_a_plan_is_refused_with_the_arithmetic()
    {
        var error = Assert.Throws<InputException>(() => Resolve("""
            topk: {router: {kind: topk}, experts: {count: 4}}
            mor: {router: {kind: mor, sub_routers: 3}, experts: {count: 4}}
            large: {router: {kind: topk}, experts: {count: 200}}
            """, tolerance: 0.001));

        // Rank 1 everywhere: 800 · 72 = 57,600 and routers 4 · 2 · 200 · 16 = 25,600, of a budget of 9,728.
        Assert.Contains(
            "plan.yaml: match: configuration large comes to 83,200 trainable parameters at best, which is 755.26 % off the "
            + "9,728 of topk, and match.tolerance is 0.10 %",
            error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "with experts.rank 1 its routers have 25,600 and its experts 57,600, and one unit of rank is 14,400 in a layer",
            error.Message, StringComparison.Ordinal);
        Assert.Contains("too far off are also mor (0.33 %)", error.Message, StringComparison.Ordinal);
        Assert.Contains("match.tolerance to at least 7.5527", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_match_ranks_stay_as_they_are_written()
    {
        var plan = Plan("""
            topk: {router: {kind: topk}, experts: {count: 4}}
            none: {router: {kind: none}, experts: {rank: [5, 6]}}
            """, "");

        var resolved = ParameterMatching.Resolve(plan, Backbone);

        Assert.Equal([8, 8, 8, 8], resolved[0].Layout.Spec.Experts.RankPerLayer);
        Assert.Equal([5, 5, 6, 6], resolved[1].Layout.Spec.Experts.RankPerLayer);
        Assert.Equal("5 5 6 6", resolved[1].RankText);
    }

    private IReadOnlyList<PlannedConfiguration> Resolve(string configurations, double tolerance) =>
        ParameterMatching.Resolve(
            Plan(configurations, $"match: {{configuration: topk, tolerance: {tolerance}}}"), Backbone);

    private ComparisonPlan Plan(string configurations, string more) => ComparisonPlan.Parse(
        Path.Combine(_folder.FullName, "plan.yaml"),
        $"recipe: base.yaml\n{more}\nconfigurations:\n  {configurations.Replace("\n", "\n  ", StringComparison.Ordinal)}\n",
        []);
}
