using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// The configurations of a plan: names, each with the recipe keys that it sets. They may differ in the adapter and in how it
/// is optimised, and in nothing that would give them other data, another order of it, or another score.
/// </summary>
public sealed class ConfigurationsKind : ValueKind<ItemList<ComparisonConfiguration>>
{
    private const int Least = 2;
    private const int Most = 100;
    private const int MostCharacters = 60;

    private static readonly string[] Groups = ["experts.", "router.", "training."];

    /// <summary>They would give a configuration other batches, more of them, or other step times.</summary>
    private static readonly string[] Common =
    [
        "training.steps", "training.batch_sequences", "training.micro_batch_sequences", "training.window",
    ];

    /// <inheritdoc/>
    public override string TypeName => "a mapping from names to recipe keys";

    /// <inheritdoc/>
    public override string Allowed => $"{Least}..{Most} names, each at most {MostCharacters} characters";

    /// <inheritdoc/>
    public override bool TryRead(
        ConfigNode node, string key, ProblemList problems, out ItemList<ComparisonConfiguration> value)
    {
        value = [];
        if (node is not MapNode map)
        {
            return RefuseType(node, key, problems);
        }

        if (map.Entries.Length is < Least or > Most)
        {
            problems.Add(node.Place, $"{key} has {map.Entries.Length} names, allowed is {Allowed}", "Name what to compare.");
            return false;
        }

        var before = problems.Count;
        value = ItemList.Create<ComparisonConfiguration>(
            [.. map.Entries.Select(entry => new ComparisonConfiguration(entry.Key, entry.Place, Read(entry, key, problems)))]);
        return problems.Count == before;
    }

    /// <inheritdoc/>
    public override string Write(ItemList<ComparisonConfiguration> value) =>
        $"[{string.Join(", ", value.Select(configuration => configuration.Name))}]";

    private static ItemList<GivenValue> Read(MapEntry entry, string key, ProblemList problems)
    {
        if (entry.Key.Length is 0 or > MostCharacters || !RecipeKeys.IsName(entry.Key))
        {
            problems.Add(
                entry.Place,
                $"{key} has the name {Quoted.Text(entry.Key)}, allowed are at most {MostCharacters} of a-z, 0-9, '-', '_' and "
                + "'.', the first a letter or digit",
                "The name becomes part of folder names; choose another.");
        }

        var values = new KeyReader<Recipe>(RecipeKeys.All, entry.Value, problems).Given.ToArray();
        foreach (var (name, value) in values)
        {
            if (!Array.Exists(Groups, group => name.StartsWith(group, StringComparison.Ordinal)) || Common.Contains(name))
            {
                problems.Add(
                    value.Place,
                    $"{key}.{entry.Key} sets {name}, which has to be the same in all configurations",
                    $"Set it at the top of the plan, for all. Configurations may set experts.*, router.* and training.* but "
                    + $"{string.Join(", ", Common)}.");
            }
        }

        return [.. values];
    }
}
