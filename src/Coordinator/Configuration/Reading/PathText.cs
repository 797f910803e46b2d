namespace MoR.Coordinator.Configuration.Reading;

/// <summary>
/// A path, made absolute: relative ones start from the folder of the file they are written in, or from the working
/// directory in a <c>--set</c> option. Nothing is looked up on the disk.
/// </summary>
public sealed class PathText(bool allowNull = false) : ValueKind<string?>
{
    private const int MostCharacters = 4096;

    private readonly PlainText _text = new(MostCharacters, allowNull);

    /// <inheritdoc/>
    public override string TypeName => allowNull ? "a path or null" : "a path";

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string? value)
    {
        value = null;
        if (node is not ScalarNode || (node.IsNull && !allowNull))
        {
            return RefuseType(node, key, problems);
        }

        if (!_text.TryRead(node, key, problems, out var text))
        {
            return false;
        }

        value = text is null ? null : MakeAbsolute(text, node.Place);
        if (value?.Length > MostCharacters)
        {
            return RefuseRange(node, key, problems);
        }

        return true;
    }

    /// <inheritdoc/>
    public override string Write(string? value) => _text.Write(value);

    internal static string MakeAbsolute(string path, Place place)
    {
        var isHome = path == "~" || path.StartsWith("~/", StringComparison.Ordinal);
        var expanded = isHome
            ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[1..])
            : path;
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(expanded, place.BaseFolder));
    }
}
