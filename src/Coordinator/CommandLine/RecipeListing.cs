using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.CommandLine;

/// <summary>What <c>--list</c> shows: the recipes of a command, and what each needs.</summary>
/// <param name="folder">The folder of the recipes; null when it cannot be found.</param>
public sealed class RecipeListing(string? folder)
{
    /// <summary>Prints a family's list as the result.</summary>
    /// <exception cref="InputException">There are no recipes.</exception>
    public CommandOutcome Show(ITerminal terminal, RecipeFamily family)
    {
        var place = folder is null ? null : Path.Join(folder, family.Subfolder);
        var recipes = place is not null && Directory.Exists(place) ? RecipeCatalogue.List(place, family) : [];
        if (recipes.IsEmpty)
        {
            throw new InputException(
                place ?? ShippedFolder.Recipes,
                "there are no recipes near the program",
                $"Give the path of a recipe file: 'mor {family.Command} FILE'.");
        }

        terminal.Result(Describe(recipes, family));
        return CommandOutcome.Done(ToJson(recipes));
    }

    private static string Describe(IReadOnlyList<RecipeSummary> recipes, RecipeFamily family)
    {
        var width = recipes.Max(recipe => recipe.Name.Length);
        var indent = new string(' ', width + 4);
        var text = new StringBuilder("Recipes:\n");
        foreach (var recipe in recipes)
        {
            text.Append("  ").Append(recipe.Name.PadRight(width)).Append("  ").Append(recipe.Summary).Append('\n');
            if (recipe.Problem is not null)
            {
                text.Append(indent).Append("cannot be used: ").Append(recipe.Problem).Append('\n');
            }
            else if (recipe.RequiredKeys.Count > 0)
            {
                text.Append(indent).Append("needs ").AppendJoin(", ", recipe.RequiredKeys).Append('\n');
            }
        }

        if (recipes.FirstOrDefault(recipe => recipe.Problem is null) is { } example)
        {
            text.Append("\nFor example:\n  ").Append(CommandFor(example, family)).Append('\n');
            text.Append("Add --dry-run to see the plan first.\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string CommandFor(RecipeSummary recipe, RecipeFamily family) => string.Join(
        ' ',
        recipe.RequiredKeys.Select(key => $"--set {key}={family.Placeholder}").Prepend($"mor {family.Command} {recipe.Name}"));

    private static JsonObject ToJson(IEnumerable<RecipeSummary> recipes)
    {
        var list = new JsonArray();
        foreach (var recipe in recipes)
        {
            var entry = new JsonObject
            {
                ["name"] = recipe.Name,
                ["summary"] = recipe.Summary,
                ["needs"] = new JsonArray([.. recipe.RequiredKeys.Select(key => (JsonNode)key)]),
            };
            if (recipe.Problem is not null)
            {
                entry["problem"] = recipe.Problem;
            }

            list.Add(entry);
        }

        return new JsonObject { ["recipes"] = list };
    }
}
