using MoR.Cluster.Errors;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class RecipeListingTests
{
    [Fact]
    public async Task Train_lists_the_recipes_and_what_each_needs_on_request()
    {
        var run = await ProgramRun.OfAsync("train", "--list");

        Assert.Equal(0, run.ExitCode);
        Assert.Null(run.Commands.Train);
        Assert.Contains("rte ", run.Output, StringComparison.Ordinal);
        Assert.Contains("needs backbone.path, data.folder", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"mor train \w+ --set backbone\.path=DIR --set data\.folder=DIR", run.Output);
        Assert.DoesNotContain("cannot be used", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "demo")]
    [InlineData("train --steps 3", "demo")]
    [InlineData("train rte", "rte")]
    [InlineData("train --resume runs/a", null)]
    public async Task Train_without_a_recipe_trains_the_demo(string line, string? recipe)
    {
        var run = await ProgramRun.OfAsync(line.Split(' '));

        Assert.Equal(recipe, run.Commands.Train!.Recipe);
    }

    [Fact]
    public async Task The_list_is_there_in_json()
    {
        var run = await ProgramRun.OfAsync("train", "--list", "--json");

        Assert.Equal(0, run.ExitCode);
        var recipe = run.Json["recipes"]!.AsArray().Single(entry => (string?)entry!["name"] == "rte")!;
        Assert.NotEmpty((string)recipe["summary"]!);
        Assert.Equal(["backbone.path", "data.folder"], recipe["needs"]!.AsArray().Select(key => (string?)key));
    }

    [Fact]
    public async Task Pretrain_alone_lists_its_own_recipes()
    {
        var run = await ProgramRun.OfAsync("pretrain");
        var json = await ProgramRun.OfAsync("pretrain", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Null(run.Commands.Pretrain);
        Assert.Contains("needs tokenizer.path, data.files", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"mor pretrain \w+ --set tokenizer\.path=FILE", run.Output);
        Assert.DoesNotContain("cannot be used", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("rte", json.Json["recipes"]!.AsArray().Select(entry => (string?)entry!["name"]));
    }

    [Fact]
    public void A_recipe_that_cannot_be_used_says_why()
    {
        var folder = Directory.CreateTempSubdirectory("mor-recipes-");
        try
        {
            File.WriteAllText(Path.Join(folder.FullName, "bad.yaml"), "# A bad one.\nsede: 3\n");
            var output = new StringWriter();
            var terminal = new Terminal(TextWriter.Null, output, new TerminalTraits(false, 80), new ManualTime());

            var outcome = new RecipeListing(folder.FullName).Show(terminal, RecipeFamily.Training);

            Assert.Contains("cannot be used: ", output.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("For example", output.ToString(), StringComparison.Ordinal);
            Assert.Contains("seed", (string?)outcome.Json["recipes"]![0]!["problem"], StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/nowhere/recipes")]
    public void Without_recipes_it_says_what_to_do(string? folder)
    {
        var terminal = new Terminal(TextWriter.Null, null, new TerminalTraits(false, 80), new ManualTime());

        var error = Assert.Throws<InputException>(() => new RecipeListing(folder).Show(terminal, RecipeFamily.Training));

        Assert.Contains("mor train FILE", error.NextStep, StringComparison.Ordinal);
    }
}
