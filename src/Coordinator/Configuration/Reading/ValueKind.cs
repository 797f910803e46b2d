namespace MoR.Coordinator.Configuration.Reading;

/// <summary>What values a key takes: how they are read from YAML, checked, described and written back.</summary>
public abstract class ValueKind<T>
{
    /// <summary>The type in words, such as <c>a whole number</c>.</summary>
    public abstract string TypeName { get; }

    /// <summary>The allowed values in words, such as <c>1..64</c>; empty when the type says it all.</summary>
    public abstract string Allowed { get; }

    /// <summary>
    /// Reads <paramref name="node"/>; when it is of another type or out of range, adds to <paramref name="problems"/>
    /// and gives false.
    /// </summary>
    public abstract bool TryRead(ConfigNode node, string key, ProblemList problems, out T value);

    /// <summary>The value as YAML on one line; reading it back gives an equal value.</summary>
    public abstract string Write(T value);

    /// <summary>Type and allowed values together.</summary>
    public string Expected => Allowed.Length == 0 ? TypeName : $"{TypeName}, {Allowed}";

    private protected bool RefuseType(ConfigNode node, string key, ProblemList problems)
    {
        problems.Add(node.Place, $"{key} is {node.Describe()}, expected {TypeName}", $"Give {Expected}.");
        return false;
    }

    private protected bool RefuseRange(ConfigNode node, string key, ProblemList problems)
    {
        problems.Add(node.Place, $"{key} is {node.Describe()}, allowed is {Allowed}", "Choose a value in that range.");
        return false;
    }
}
