namespace MoR.Coordinator.Configuration.Reading;

/// <summary>One key of a configuration file: the single place that says what it means, takes and defaults to.</summary>
/// <typeparam name="TRecord">The record that the file is read into.</typeparam>
public abstract class ConfigKey<TRecord>(string path)
{
    /// <summary>The key's path, such as <c>router.top_k</c>.</summary>
    public string Path { get; } = path;

    /// <summary>What the key decides, in a few words.</summary>
    public required string Meaning { get; init; }

    /// <summary>The unit of the value; empty when it has none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Where the default comes from; empty for a key that has none.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether every file must give the key.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Type and range in words.</summary>
    public abstract string Expected { get; }

    /// <summary>The default in words.</summary>
    public abstract string DefaultText { get; }

    /// <summary>The record's value of this key, as YAML on one line.</summary>
    public abstract string Write(TRecord record);
}

/// <summary>A key with its type.</summary>
public sealed class ConfigKey<TRecord, T>(string path, ValueKind<T> kind, Func<TRecord, T> valueOf)
    : ConfigKey<TRecord>(path)
{
    /// <summary>The value when the file does not give the key.</summary>
    public T? Default { get; init; }

    /// <summary>Says in words what the default is when it depends on other keys.</summary>
    public string? DefaultInWords { get; init; }

    /// <summary>What values the key takes.</summary>
    public ValueKind<T> Kind { get; } = kind;

    /// <summary>The same key of another kind of file, with its default or another.</summary>
    public ConfigKey<TOther, T> For<TOther>(Func<TOther, T> valueOf) => For(valueOf, Default, Source);

    /// <inheritdoc cref="For{TOther}(Func{TOther, T})"/>
    public ConfigKey<TOther, T> For<TOther>(Func<TOther, T> valueOf, T? @default, string source) => new(Path, Kind, valueOf)
    {
        Meaning = Meaning,
        Unit = Unit,
        Default = @default,
        DefaultInWords = DefaultInWords,
        Source = source,
        IsRequired = IsRequired,
    };

    /// <inheritdoc/>
    public override string Expected => Kind.Expected;

    /// <inheritdoc/>
    public override string DefaultText => DefaultInWords ?? (IsRequired ? "required" : Kind.Write(Default!));

    /// <inheritdoc/>
    public override string Write(TRecord record) => Kind.Write(valueOf(record));
}
