using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>The name of a task of the <c>tasks</c> folder, or the path of a task file.</summary>
public sealed class TaskReference : ValueKind<string>
{
    private static readonly PlainText Text = new(4096);

    /// <inheritdoc/>
    public override string TypeName => "a task's name or file";

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <summary>Whether a reference is a path and not a name.</summary>
    public static bool IsPath(string reference) =>
        reference.EndsWith(".yaml", StringComparison.Ordinal) || reference.EndsWith(".yml", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string value)
    {
        value = "";
        if (node is not ScalarNode { IsNull: false })
        {
            return RefuseType(node, key, problems);
        }

        if (!Text.TryRead(node, key, problems, out var text))
        {
            return false;
        }

        value = text!;
        if (IsPath(value))
        {
            value = PathText.MakeAbsolute(value, node.Place);
        }
        else if (value.Contains('/', StringComparison.Ordinal))
        {
            problems.Add(
                node.Place,
                $"{key} is {node.Describe()}, which is neither a task's name nor a path ending in .yaml",
                "Give the task file's full name, or the name of a file of the tasks folder.");
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string Write(string value) => Text.Write(value);
}
