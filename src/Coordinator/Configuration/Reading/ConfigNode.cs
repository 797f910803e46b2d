using System.Collections.Immutable;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>A node of a YAML document, with the place where it was written.</summary>
public abstract record ConfigNode(Place Place)
{
    /// <summary>Whether this is the empty value: nothing, <c>null</c> or <c>~</c>, not in quotes.</summary>
    public virtual bool IsNull => false;

    /// <summary>The node in a few words, for messages.</summary>
    public abstract string Describe();
}

/// <summary>A single value.</summary>
public sealed record ScalarNode(Place Place, string Text, bool IsPlain) : ConfigNode(Place)
{
    /// <inheritdoc/>
    public override bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Describe() =>
        IsNull ? "empty" : IsPlain ? Quoted.Text(Text) : $"the string {Quoted.Text(Text)}";
}

/// <summary>A sequence.</summary>
public sealed record ListNode(Place Place, ImmutableArray<ConfigNode> Items) : ConfigNode(Place)
{
    /// <inheritdoc/>
    public override string Describe() => $"a list of {Items.Length}";
}

/// <summary>A mapping, in the order of the file; its keys are different from each other.</summary>
public sealed record MapNode(Place Place, ImmutableArray<MapEntry> Entries) : ConfigNode(Place)
{
    /// <inheritdoc/>
    public override string Describe() => "a group of keys";
}

/// <summary>One key of a mapping, with the place of the key.</summary>
public sealed record MapEntry(string Key, Place Place, ConfigNode Value);
