namespace MoR.Coordinator.Configuration.Reading;

/// <summary><c>true</c> or <c>false</c> (YAML 1.2; <c>yes</c> and <c>on</c> are words).</summary>
public sealed class Truth : ValueKind<bool>
{
    /// <inheritdoc/>
    public override string TypeName => "true or false";

    /// <inheritdoc/>
    public override string Allowed => "";

    /// <inheritdoc/>
    public override bool TryRead(ConfigNode node, string key, ProblemList problems, out bool value)
    {
        value = node is ScalarNode { IsPlain: true, Text: "true" };
        return value || node is ScalarNode { IsPlain: true, Text: "false" } || RefuseType(node, key, problems);
    }

    /// <inheritdoc/>
    public override string Write(bool value) => value ? "true" : "false";
}
