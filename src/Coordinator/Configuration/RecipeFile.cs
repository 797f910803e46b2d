using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>The name of a recipe of the <c>recipes</c> folder, or the path of a recipe file; read as the file's path.</summary>
public sealed class RecipeFile : ValueKind<string?>
{
    private static readonly PathText File = new();

    /// <inheritdoc/>
    public override string TypeName => "a recipe's name or file";

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string? value)
    {
        if (!File.TryRead(node, key, problems, out value))
        {
            return false;
        }

        var given = ((ScalarNode)node).Text;
        if (Path.GetFileName(given) != given || Path.HasExtension(given))
        {
            return true;
        }

        try
        {
            value = RecipeCatalogue.PathOf(given);
            return true;
        }
        catch (InputException unknown)
        {
            problems.Add(node.Place, $"{key} is {node.Describe()}, and {unknown.Problem}", unknown.NextStep);
            return false;
        }
    }

    /// <inheritdoc/>
    public override string Write(string? value) => File.Write(value);
}
