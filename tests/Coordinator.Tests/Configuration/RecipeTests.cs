using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Torch;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class RecipeTests
{
    private const string Least = "backbone: {path: /models/b}\n";

    [Fact]
    public void A_recipe_with_a_backbone_only_has_the_documented_defaults()
    {
        var recipe = Parse(Least);
        Assert.Equal("my-recipe", recipe.Name);
        Assert.Equal(42, recipe.Seed);
        Assert.Equal("/models/b", recipe.Backbone.Path);
        Assert.Null(recipe.Data.Folder);
        Assert.Empty(recipe.Data.Tasks);
        Assert.Equal(256, recipe.Data.MaxTokens);
        Assert.Null(recipe.Data.MaxTrainItems);
        Assert.Equal(new LayerNumbers(8), recipe.Experts.Count);
        Assert.Equal((new LayerNumbers(8), 4), (recipe.Experts.Rank, recipe.Experts.Shards));
        Assert.Equal((16.0, 0.05), (recipe.Experts.Alpha, recipe.Experts.Dropout));
        Assert.Equal(RecipeExperts.AllTargets, recipe.Experts.Targets);
        Assert.Equal((RecipeRouterKind.Mor, RecipeRouterScope.Dispatch), (recipe.Router.Kind, recipe.Router.Scope));
        Assert.Equal((2, 3, 3), (recipe.Router.TopK, recipe.Router.SubRouters, recipe.Router.EffectiveTopM));
        Assert.Equal((3e-4, 1e-8), (recipe.Training.LearningRate, recipe.Training.Epsilon));
        Assert.Equal((200, 6), (recipe.Training.Steps, recipe.Training.WarmupSteps));
        Assert.Equal(2, recipe.Training.MicroBatchesPerStep);
        Assert.Equal(500, recipe.Evaluation.MaxItems);
        Assert.Equal((100, 3), (recipe.Checkpoint.EverySteps, recipe.Checkpoint.Keep));
        Assert.Equal((null, WireType.F32), (recipe.Numerics.Threads, recipe.Numerics.Wire));
        Assert.InRange(recipe.Numerics.EffectiveThreads, 1, 64);
    }

    [Fact]
    public void A_resolved_recipe_reads_back_as_an_equal_one_and_writes_the_same_text()
    {
        var recipe = Recipe.Parse(
            "/somewhere/x.yaml",
            """
            name: a.b-c_1
            seed: 9223372036854775807
            backbone: {path: "weights of #mine: \"large\"\n", dtype: f64}
            data: {folder: ~/données, tasks: [rte, "other 😀.yaml"], max_train_items: 7}
            experts: {count: [2, 4, 4, 8], rank: [3, 3, 1, 2], alpha: 0.1, dropout: 0, targets: [down_proj, q_proj], shards: 2}
            router: {kind: topk, scope: block, top_m: 1, mixing: logit, z_loss: 1e-3, allow_non_causal: true}
            training: {learning_rate: 1.2345678901234567e-5, schedule: linear, clip_norm: 0}
            evaluation: {every_steps: 5, length_normalisation: characters, early_stop_patience: 2}
            checkpoint: {every_steps: 0}
            numerics: {threads: 64, wire: int8}
            """,
            ["training.steps=9"]);
        var yaml = recipe.ToYaml();
        var again = Recipe.Parse("/elsewhere/y.yaml", yaml, []);
        Assert.Equal(recipe, again);
        Assert.Equal(yaml, again.ToYaml());
        Assert.Equal(["q_proj", "down_proj"], again.Experts.Targets);
        Assert.Equal("/somewhere/other 😀.yaml", again.Data.Tasks[1]);
        var lines = yaml.Split('\n');
        Assert.Equal(RecipeKeys.All.Length, lines.Count(line => line.Contains(": ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Recipes_that_differ_in_one_list_item_are_not_equal()
    {
        var one = Parse(Least + "experts: {count: [2, 4]}");
        Assert.Equal(one, Parse(Least + "experts: {count: [2, 4]}"));
        Assert.NotEqual(one, Parse(Least + "experts: {count: [2, 5]}"));
    }

    [Fact]
    public void Relative_paths_start_from_the_file_and_in_overrides_from_the_working_directory()
    {
        var recipe = Recipe.Parse("/a/b/r.yaml", "backbone: {path: ../m/}\ndata: {folder: x}\n", ["data.folder=x"]);
        Assert.Equal("/a/m", recipe.Backbone.Path);
        Assert.Equal(Path.GetFullPath("x"), recipe.Data.Folder);
    }

    [Theory]
    [InlineData("router.top_k=1", "1")]
    [InlineData("router.top_k= 1 ", "1")]
    [InlineData("experts.count=[2,4,6,8]", "[2, 4, 6, 8]")]
    [InlineData("experts.rank=[8,7]", "[8, 7]")]
    [InlineData("experts.targets=[up_proj]", "[up_proj]")]
    [InlineData("data.tasks=[]", "[]")]
    [InlineData("data.tasks=/a/b.yaml", "[/a/b.yaml]")]
    [InlineData("data.folder=/a: b #c", "\"/a: b #c\"")]
    [InlineData("data.folder='/a=b'", "\"/a=b\"")]
    [InlineData("data.folder=null", "null")]
    [InlineData("training.learning_rate=1e-2", "0.01")]
    [InlineData("router.allow_non_causal=true", "true")]
    [InlineData("router.kind=topk", "topk")]
    public void An_override_replaces_what_the_file_says(string option, string written)
    {
        var path = option[..option.IndexOf('=', StringComparison.Ordinal)];
        var recipe = Parse(
            Least + "router: {top_k: 2, kind: mor}\nexperts: {count: 4, targets: [q_proj]}\ndata: {folder: /d}",
            option);
        Assert.Equal(written, RecipeKeys.All.Single(key => key.Path == path).Write(recipe));
    }

    [Fact]
    public void Of_two_overrides_of_a_key_the_later_counts_and_a_bad_value_in_the_file_does_not_matter()
    {
        var recipe = Parse(Least + "training: {steps: many}", "training.steps=0", "training.steps=5");
        Assert.Equal(5, recipe.Training.Steps);
    }

    [Fact]
    public void Plain_lora_has_one_expert_and_one_choice_unless_the_file_contradicts()
    {
        var recipe = Parse(Least, "router.kind=none");
        Assert.Equal((1, 1, 1), (recipe.Experts.Count.Largest, recipe.Router.TopK, recipe.Experts.Shards));
        Assert.Equal(recipe, Parse(recipe.ToYaml()));
    }

    [Fact]
    public void The_default_number_of_shards_is_at_most_the_number_of_experts()
    {
        Assert.Equal(3, Parse(Least, "experts.count=3").Experts.Shards);
        Assert.Equal(4, Parse(Least, "experts.count=[2,6]").Experts.Shards);
    }

    [Fact]
    public void A_quarter_of_the_layers_has_each_of_four_counts()
    {
        var count = Parse(Least, "experts.count=[2,4,6,8]").Experts.Count;
        Assert.Equal([2, 2, 4, 4, 6, 6, 8, 8], count.PerLayer(8, "experts.count"));
        Assert.Equal([2, 4, 6, 8], count.PerLayer(4, "experts.count"));
        Assert.Equal([8, 8, 8], new LayerNumbers(8).PerLayer(3, "experts.count"));
    }

    [Fact]
    public void Ranks_are_spread_over_the_layers_as_counts_are()
    {
        var rank = Parse(Least, "experts.rank=[8,7]").Experts.Rank;
        Assert.Equal([8, 8, 7, 7], rank.PerLayer(4, "experts.rank"));
        Assert.Equal("experts.rank", Assert.Throws<InputException>(() => rank.PerLayer(3, "experts.rank")).Subject);
        Assert.Equal(new LayerNumbers(5), LayerNumbers.Of([5, 5, 5]));
        Assert.Equal([8, 7, 7], LayerNumbers.Of([8, 7, 7]).PerLayer(3, "experts.rank"));
    }

    [Fact]
    public void Layers_that_do_not_divide_are_refused_with_the_arithmetic()
    {
        var error = Assert.Throws<InputException>(() => new LayerNumbers(2, 4, 6, 8).PerLayer(6, "experts.count"));
        Assert.Equal(
            "experts.count: [2, 4, 6, 8] has 4 values, the backbone has 6 layers, and 6 / 4 is not whole. "
            + "Give one number, or a list of 1, 2, 3, 6 values.",
            error.Message);
    }

    [Fact]
    public void Warmup_is_rounded_up_and_a_last_smaller_micro_batch_is_counted()
    {
        var training = Parse(
            Least, "training.steps=10", "training.warmup_fraction=0.11", "training.batch_sequences=9",
            "training.micro_batch_sequences=4").Training;
        Assert.Equal((2, 3), (training.WarmupSteps, training.MicroBatchesPerStep));
    }

    private static Recipe Parse(string text, params string[] overrides) =>
        Recipe.Parse("/r/My Recipe.yaml", text, overrides);
}
