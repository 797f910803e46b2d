using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Configuration;

public sealed class RecipeReferenceTests
{
    private static readonly string DocumentPath = Path.Join(TestFolders.Root, "docs", "RECIPES.md");

    [Fact]
    public void The_committed_reference_is_the_generated_one()
    {
        var generated = RecipeReference.Markdown();
        if (Environment.GetEnvironmentVariable("MOR_WRITE_DOCS") == "1")
        {
            File.WriteAllText(DocumentPath, generated);
        }

        Assert.True(
            generated == File.ReadAllText(DocumentPath),
            "docs/RECIPES.md is not what the keys say; run these tests with MOR_WRITE_DOCS=1 to write it anew");
    }

    [Fact]
    public void Every_default_says_where_it_comes_from()
    {
        var silent = RecipeKeys.All.Where(key => key.Source.Length == 0 && !key.IsRequired).Select(key => key.Path);
        Assert.Equal(["data.folder"], silent);
    }

    [Fact]
    public void The_listing_names_every_key_once()
    {
        var lines = RecipeReference.Listing().Split('\n');
        foreach (var key in RecipeKeys.All)
        {
            Assert.Single(
                lines, line => line.StartsWith($"{key.Path} ", StringComparison.Ordinal) && line.Contains('='));
        }
    }

    [Fact]
    public void The_example_of_the_reference_is_a_good_recipe()
    {
        var yaml = RecipeReference.Markdown().Split("```yaml\n")[1].Split("```")[0];
        Assert.Equal(2, Recipe.Parse("example.yaml", yaml, []).Router.TopK);
    }
}
