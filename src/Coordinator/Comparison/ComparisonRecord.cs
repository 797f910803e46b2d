using System.Text.Encodings.Web;
using System.Text.Json;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Comparison;

/// <summary>
/// What the runs of a comparison's folder were made with: <c>plan.json</c>. A plan that goes on there may add seeds and
/// configurations. What would mix experiments is refused.
/// </summary>
public sealed record ComparisonRecord
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Keys that decide speed, or where something is: what is there is compared by its content.</summary>
    private static readonly string[] Free =
    [
        "name", "backbone.path", "data.folder", "data.tasks", "training.window", "training.recompute",
        "checkpoint.every_steps", "checkpoint.keep",
        "numerics.threads",
    ];

    /// <summary>Fingerprint of the backbone's weights.</summary>
    public required string BackboneFingerprint { get; init; }

    /// <summary>SHA-256 over the items of all tasks and the tokenizer.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Seeds, in order.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>The resolved recipe of each configuration, YAML with seed 0.</summary>
    public required IReadOnlyDictionary<string, string> Recipes { get; init; }

    /// <summary>The record of a plan.</summary>
    public static ComparisonRecord Of(
        ComparisonPlan plan, IReadOnlyList<PlannedConfiguration> configurations, string backbone, string data) => new()
        {
            BackboneFingerprint = backbone,
            DataSha256 = data,
            Seeds = [.. plan.Seeds],
            Recipes = configurations.ToDictionary(
                item => item.Name, item => (item.Recipe with { Seed = 0 }).ToYaml(), StringComparer.Ordinal),
        };

    /// <summary>Reads a record.</summary>
    /// <exception cref="InputException">It is malformed.</exception>
    public static ComparisonRecord Read(string path, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<ComparisonRecord>(content, Format) ?? throw new JsonException("it is null");
        }
        catch (JsonException cause)
        {
            throw new InputException(
                path, $"it is not what this version writes ({cause.Message})", "Choose another folder with --output.", cause);
        }
    }

    /// <summary>The record as a file.</summary>
    public byte[] Write() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Format), (byte)'\n'];

    /// <summary>Refuses to go on where these runs are.</summary>
    /// <param name="folder">The folder, for the message.</param>
    /// <param name="next">The record of the plan that is to go on.</param>
    /// <exception cref="InputException">The plan has other content, or lacks something that may have runs.</exception>
    public void RequireSame(string folder, ComparisonRecord next)
    {
        if (next.BackboneFingerprint != BackboneFingerprint)
        {
            throw Mixed(folder, "they were made on another backbone");
        }

        if (next.DataSha256 != DataSha256)
        {
            throw Mixed(folder, "tasks, data or tokenizer have changed since");
        }

        if (Seeds.Except(next.Seeds).ToArray() is { Length: > 0 } lostSeeds)
        {
            throw Mixed(folder, $"seeds {string.Join(", ", lostSeeds)} are no longer in the plan");
        }

        foreach (var (name, recipe) in Recipes)
        {
            if (!next.Recipes.TryGetValue(name, out var other))
            {
                throw Mixed(folder, $"configuration {name} is no longer in the plan");
            }

            var (was, becomes) = (Recipe.Parse(folder, recipe, []), Recipe.Parse(folder, other, []));
            if (Differences(was, becomes) is { Count: > 0 } differences)
            {
                throw Mixed(folder, $"configuration {name} has changed: {string.Join(", ", differences)}");
            }
        }
    }

    /// <summary>The keys by which two recipes would give different results, with both values.</summary>
    public static IReadOnlyList<string> Differences(Recipe was, Recipe becomes) =>
    [
        .. RecipeKeys.All
            .Where(key => !Free.Contains(key.Path) && key.Write(was) != key.Write(becomes))
            .Select(key => $"{key.Path} was {key.Write(was)} and is {key.Write(becomes)}"),
    ];

    private static InputException Mixed(string folder, string what) => new(
        folder,
        $"the runs in it belong to another comparison: {what}",
        "Choose another folder with --output, or give the plan back what it had. Seeds and configurations may be added.");
}
