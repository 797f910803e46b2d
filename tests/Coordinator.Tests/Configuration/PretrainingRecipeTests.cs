using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Configuration.Pretraining;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class PretrainingRecipeTests
{
    private const string Least = "tokenizer: {path: /t.json}\ndata: {corpora: [counting]}\n";

    public static TheoryData<string, string> Refused => new()
    {
        { "data: {corpora: counting}", "r.yaml: tokenizer.path is required and not given. Give a path: a tokenizer.json" },
        { "tokenizer: {path: t}", "r.yaml: data.files and data.corpora are empty, so there is nothing to train on." },
        { "tokenizer: {path: t}\ndata: {corpora: [countin]}", "data.corpora[0] is 'countin', allowed is counting | alphabet | " },
        { "tokenizer: {path: t}\ndata: {files: [a, a]}", "data.files[1] repeats 'a'. Name every item once." },
        { Least + "model: {heads: 5}", "line 3: model.heads 5 does not divide model.hidden_size 192." },
        { Least + "model: {heads: 64}", "line 3: a head is 3 wide, and rotary embeddings turn pairs, so it must be even." },
        { Least + "model: {heads: 5, head_size: 7}", "line 3: a head is 7 wide, and rotary embeddings turn pairs" },
        { Least + "model: {key_value_heads: 4}", "line 3: model.key_value_heads 4 does not divide model.heads 6." },
        { Least + "model: {layer: 4}", "line 3: model.layer is not a known key; the nearest is model.layers." },
        { Least + "model: {layers: 0}", "line 3: model.layers is '0', allowed is 1..256." },
        { Least + "model: {max_positions: 64}", "model.max_positions. Raise model.max_positions, or shorten the sequences." },
        { Least + "output: {dtype: f16}", "line 3: output.dtype is 'f16', allowed is f32 | bf16." },
        { Least + "evaluation: {early_stop_patience: 2, every_steps: 0}", "makes none during training. Set both above 0" },
        {
            "tokenizer: {path: t}\ndata: {files: [a], corpora: [counting], weights: [1]}",
            "line 2: data.weights has 1 values for 2 sources (the files together, 1 corpora). Give one value per source"
        },
        { Least + "router: {kind: mor}", "line 3: router is not a known key; the nearest is" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_bad_recipe_is_refused_by_key_value_and_next_step(string yaml, string message)
    {
        var error = Assert.Throws<InputException>(() => PretrainingRecipe.Parse("r.yaml", yaml, []));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var recipe = PretrainingRecipe.Parse("/some/My Text.yaml", Least, []);

        Assert.Equal("my-text", recipe.Name);
        Assert.Equal((192, 512, 6, 6, 32), (
            recipe.Model.HiddenSize, recipe.Model.IntermediateSize, recipe.Model.Heads, recipe.Model.KeyValueHeads,
            recipe.Model.HeadSize));
        Assert.Equal((0.95, 0.1, 2000), (recipe.Training.Beta2, recipe.Training.WeightDecay, recipe.Training.Steps));
    }

    [Theory]
    [InlineData("model.hidden_size=96", 256)]
    [InlineData("model.hidden_size=100", 288)]
    [InlineData("model.intermediate_size=77", 77)]
    public void The_inner_width_follows_the_outer(string setting, int expected)
    {
        var recipe = PretrainingRecipe.Parse("r.yaml", Least, [setting, "model.heads=2"]);

        Assert.Equal(expected, recipe.Model.IntermediateSize);
    }

    [Fact]
    public void Long_sequences_raise_the_positions_that_are_not_given() =>
        Assert.Equal(2048, PretrainingRecipe.Parse("r.yaml", Least, ["data.max_tokens=2048"]).Model.MaxPositions);

    [Fact]
    public void The_resolved_recipe_reads_back_as_itself()
    {
        var recipe = PretrainingRecipe.Parse("/some/r.yaml", Least, [
            "data.files=[a.txt, '/b c.txt']", "data.weights=[1, 0.25]", "model.head_size=16", "output.dtype=bf16",
            "tokenizer.end_of_text=\"</s>\"", "training.learning_rate=2e-3", "numerics.threads=2",
        ]);

        Assert.Equal(recipe, PretrainingRecipe.Parse("/other/x.yaml", recipe.ToYaml(), []));
        Assert.True(PretrainingRecipe.IsOne(recipe.ToYaml()));
        Assert.False(PretrainingRecipe.IsOne(Recipe.Parse("r.yaml", "backbone: {path: /b}", []).ToYaml()));
    }

    [Fact]
    public void Every_default_says_where_it_comes_from() => Assert.All(
        PretrainingKeys.All.Where(key => !key.IsRequired), key => Assert.NotEmpty(key.Source));

    [Fact]
    public void The_shipped_recipes_are_good_once_they_have_what_they_need()
    {
        var recipes = RecipeCatalogue.List(Path.Join(TestFolders.Recipes, "pretrain"), RecipeFamily.Pretraining);

        Assert.NotEmpty(recipes);
        Assert.All(recipes, recipe => Assert.Null(recipe.Problem));
        Assert.All(recipes, recipe => Assert.NotEmpty(recipe.Summary));
    }
}
