using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class CatalogueTests
{
    private static readonly string[] Shipped =
    [
        "arc_challenge", "arc_easy", "boolq", "cola", "commonsenseqa", "hellaswag", "instruction", "language_model", "mrpc",
        "openbookqa", "piqa", "rte", "scienceqa", "siqa", "winogrande",
    ];

    private static readonly string[] Recipes = [.. Shipped.Append("demo").Order(StringComparer.Ordinal)];

    public static TheoryData<string> Names => [.. Shipped];

    [Fact]
    public void The_shipped_recipes_say_what_they_need_and_are_otherwise_good()
    {
        var recipes = RecipeCatalogue.List(TestFolders.Recipes, RecipeFamily.Training);
        Assert.Equal(Recipes, recipes.Select(recipe => recipe.Name));
        Assert.Equal(Shipped, TaskCatalogue.Names(TestFolders.Tasks));
        Assert.All(recipes, recipe =>
        {
            Assert.Null(recipe.Problem);
            Assert.Equal(recipe.Name == "demo" ? [] : ["backbone.path", "data.folder"], recipe.RequiredKeys);
            Assert.EndsWith(".", recipe.Summary, StringComparison.Ordinal);
        });
        var rte = recipes.Single(recipe => recipe.Name == "rte");
        Assert.StartsWith("RTE (textual entailment)", rte.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_recipe_loads_with_its_task_for_every_kind_of_router(string name)
    {
        foreach (var kind in (string[])["none", "topk", "mor"])
        {
            var recipe = Recipe.Load(
                Path.Join(TestFolders.Recipes, name + ".yaml"),
                ["backbone.path=/b", "data.folder=/d", $"router.kind={kind}"]);
            Assert.Equal(name, recipe.Name);
            Assert.True(recipe.Data.MaxTokens <= 512, "the story backbone has 512 positions");
            var task = Assert.Single(TaskCatalogue.Load(recipe));
            Assert.Equal(name, task.Name);
        }
    }

    [Fact]
    public void A_listing_shows_a_broken_recipe_with_its_problem_and_one_that_needs_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("mor-catalogue-");
        try
        {
            File.WriteAllText(Path.Join(folder.FullName, "b.yaml"), "# Broken.\nseed: x\n");
            File.WriteAllText(Path.Join(folder.FullName, "a.yaml"), "backbone: {path: /b}\n# Late.\n");
            File.WriteAllText(Path.Join(folder.FullName, "c.yaml"), "seed: [\n");
            File.WriteAllText(Path.Join(folder.FullName, "notes.txt"), "not a recipe");
            var recipes = RecipeCatalogue.List(folder.FullName, RecipeFamily.Training);
            Assert.Equal(["a", "b", "c"], recipes.Select(recipe => recipe.Name));
            Assert.Equal(("Late.", null), (recipes[0].Summary, recipes[0].Problem));
            Assert.Empty(recipes[0].RequiredKeys);
            Assert.Contains("line 2: seed is 'x'", recipes[1].Problem, StringComparison.Ordinal);
            Assert.Equal(["backbone.path"], recipes[1].RequiredKeys);
            Assert.Contains("not valid YAML", recipes[2].Problem, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_recipe_is_found_by_its_name_and_an_unknown_name_is_refused_with_the_known_ones()
    {
        Assert.Equal(
            Path.Join(TestFolders.Recipes, "rte.yaml"), RecipeCatalogue.PathOf("rte", TestFolders.Recipes));
        Assert.Equal("no/such.yaml", RecipeCatalogue.PathOf("no/such.yaml", TestFolders.Recipes));
        var error = Assert.Throws<InputException>(() => RecipeCatalogue.PathOf("rte2", TestFolders.Recipes));
        Assert.Equal(
            "rte2: there is neither a recipe of that name nor such a file. "
            + $"Name one of {string.Join(", ", Recipes)}, or the path of a recipe file.",
            error.Message);
    }

    [Fact]
    public void An_unknown_task_is_refused_with_the_known_ones()
    {
        var error = Assert.Throws<InputException>(() => TaskCatalogue.PathOf("rt", TestFolders.Tasks));
        Assert.Equal(
            $"data.tasks: 'rt' is not a known task; known are {string.Join(", ", Shipped)}. "
            + "Write rte, or a task file's path ending in .yaml.",
            error.Message);
    }

    [Fact]
    public void Two_tasks_of_one_name_are_refused()
    {
        var path = Path.Join(TestFolders.Tasks, "rte.yaml");
        var recipe = Recipe.Parse("r.yaml", "backbone: {path: /b}\n", [$"data.tasks=[rte, {path}]", "data.folder=/d"]);
        var error = Assert.Throws<InputException>(() => TaskCatalogue.Load(recipe));
        Assert.Contains("the task's name rte is also that of", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_of_recipes_is_refused() =>
        Assert.StartsWith(
            "/no/such: the folder does not exist.",
            Assert.Throws<InputException>(() => RecipeCatalogue.List("/no/such", RecipeFamily.Training)).Message,
            StringComparison.Ordinal);
}
