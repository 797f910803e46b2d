namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A value that may also be left empty, which has a meaning of its own.</summary>
public sealed class OrNull<T>(ValueKind<T> kind) : ValueKind<T?>
    where T : struct
{
    /// <inheritdoc/>
    public override string TypeName => $"{kind.TypeName} or null";

    /// <inheritdoc/>
    public override string Allowed => kind.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out T? value)
    {
        value = null;
        if (node.IsNull)
        {
            return true;
        }

        if (!kind.TryRead(node, key, problems, out var present))
        {
            return false;
        }

        value = present;
        return true;
    }

    /// <inheritdoc/>
    public override string Write(T? value) => value is { } present ? kind.Write(present) : "null";
}
