namespace MoR.Cluster.Protocol.Wire;

/// <summary>A message that an honest peer of the same build does not send.</summary>
/// <param name="message">The kind of message, such as <c>Forward</c>.</param>
/// <param name="name">The field, such as <c>routes[1].positions[7]</c>.</param>
/// <param name="value">What it holds.</param>
/// <param name="allowed">What it may hold.</param>
/// <param name="cause">What it came from.</param>
public sealed class WireFormatException(string message, string name, string value, string allowed, Exception? cause = null)
    : Exception($"{message}.{name}: {value} is not {allowed}.", cause)
{
    /// <summary>The field, such as <c>routes[1].positions[7]</c>.</summary>
    public string Field => name;

    /// <summary>What it holds.</summary>
    public string Value => value;
}
