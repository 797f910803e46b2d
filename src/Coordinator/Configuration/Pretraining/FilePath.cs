using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>A path that may not be null, as an item of a list.</summary>
internal sealed class FilePath : ValueKind<string>
{
    private static readonly PathText Path = new();

    /// <inheritdoc/>
    public override string TypeName => Path.TypeName;

    /// <inheritdoc/>
    public override string Allowed => Path.Allowed;

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out string value)
    {
        var isGood = Path.TryRead(node, key, problems, out var path);
        value = path ?? "";
        return isGood;
    }

    /// <inheritdoc/>
    public override string Write(string value) => Path.Write(value);
}
