using System.Collections.Immutable;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>
/// The values that one document and its overrides give to a fixed list of keys. Everything wrong goes to the list of
/// problems; a getter then answers with the key's default, so that reading can go on and find the rest.
/// </summary>
public sealed class KeyReader<TRecord>
{
    private readonly ImmutableArray<ConfigKey<TRecord>> _keys;
    private readonly Place _place;
    private readonly ProblemList _problems;
    private readonly Dictionary<string, ConfigNode> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);

    public KeyReader(ImmutableArray<ConfigKey<TRecord>> keys, ConfigNode root, ProblemList problems)
    {
        _keys = keys;
        _place = root.Place;
        _problems = problems;
        if (root is MapNode map)
        {
            Collect(map, "");
        }
        else if (!root.IsNull)
        {
            problems.Add(
                root.Place, $"the document is {root.Describe()}, expected keys", $"Start with `{keys[0].Path}:`.");
        }
    }

    /// <summary>
    /// Applies <c>key=value</c> options, each replacing what the file says; of two for one key the later counts. The
    /// value is a YAML scalar or flow sequence; what does not start with a quote or a bracket is taken as it is.
    /// </summary>
    public void Override(IEnumerable<string> options, string workingDirectory)
    {
        foreach (var option in options)
        {
            var place = new Place($"--set {option}", 0, workingDirectory);
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            var path = equals < 0 ? option : option[..equals];
            if (!_keys.Any(key => key.Path == path))
            {
                RefuseUnknown(place, path);
            }
            else if (equals < 0)
            {
                _problems.Add(place, $"{path} has no value", $"Write --set {path}=VALUE.");
            }
            else if (ReadOverride(option[(equals + 1)..].Trim(), place) is { } value)
            {
                _given[path] = value;
            }
        }
    }

    /// <summary>Replaces what the file says by what another document gives to the same list of keys.</summary>
    public void Override(IEnumerable<GivenValue> values)
    {
        foreach (var (key, value) in values)
        {
            _given[key] = value;
        }
    }

    /// <summary>Everything that is given, unchecked, in the order of the keys.</summary>
    public IEnumerable<GivenValue> Given =>
        _keys.Where(IsGiven).Select(key => new GivenValue(key.Path, _given[key.Path]));

    /// <summary>Whether the file or an override gives the key.</summary>
    public bool IsGiven(ConfigKey<TRecord> key) => _given.ContainsKey(key.Path);

    /// <summary>Where the key is given; the file as a whole when it is not.</summary>
    public Place PlaceOf(ConfigKey<TRecord> key) =>
        _given.TryGetValue(key.Path, out var node) ? node.Place : _place with { Line = 0 };

    /// <summary>Whether none of the keys had a problem of its own, so that checks across them make sense.</summary>
    public bool AreGood(params ReadOnlySpan<ConfigKey<TRecord>> keys)
    {
        foreach (var key in keys)
        {
            if (_failed.Contains(key.Path))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The key's value, or its default.</summary>
    public T Get<T>(ConfigKey<TRecord, T> key)
    {
        if (_given.TryGetValue(key.Path, out var node))
        {
            if (key.Kind.TryRead(node, key.Path, _problems, out var value))
            {
                return value;
            }

            _failed.Add(key.Path);
        }
        else if (key.IsRequired)
        {
            _failed.Add(key.Path);
            RefuseMissing(key, "is required and not given");
        }

        return key.Default!;
    }

    /// <summary>Reports that a key is needed here.</summary>
    public void RefuseMissing(ConfigKey<TRecord> key, string reason) =>
        _problems.Add(
            _place with { Line = 0 },
            $"{key.Path} {reason}",
            $"Give {key.Expected}: {key.Meaning}.");

    /// <summary>Reports a problem of several keys at the place of the first one that is given.</summary>
    public void Refuse(string text, string nextStep, params ReadOnlySpan<ConfigKey<TRecord>> keys)
    {
        var place = _place with { Line = 0 };
        foreach (var key in keys)
        {
            if (IsGiven(key))
            {
                place = PlaceOf(key);
                break;
            }
        }

        _problems.Add(place, text, nextStep);
    }

    /// <summary>Reports a problem at a place of its own.</summary>
    public void RefuseAt(Place place, string text, string nextStep) => _problems.Add(place, text, nextStep);

    private void Collect(MapNode map, string prefix)
    {
        foreach (var (name, place, value) in map.Entries)
        {
            var path = prefix + name;
            if (name.Contains('.', StringComparison.Ordinal) || name.Length == 0)
            {
                RefuseUnknown(place, path);
            }
            else if (_keys.Any(key => key.Path == path))
            {
                _given[path] = value;
            }
            else if (!IsGroup(path))
            {
                RefuseUnknown(place, path);
            }
            else if (value is MapNode group)
            {
                Collect(group, path + ".");
            }
            else if (!value.IsNull)
            {
                RefuseGroup(value.Place, path, $"is {value.Describe()}, expected a group of keys");
            }
        }
    }

    private ConfigNode? ReadOverride(string text, Place place)
    {
        if (text.Length > 0 && text[0] is '"' or '\'' or '[')
        {
            return YamlReader.Read(text, place, _problems);
        }

        var bad = ConfigText.IndexOfUnprintable(text);
        if (bad < 0)
        {
            return new ScalarNode(place, text, IsPlain: true);
        }

        _problems.Add(
            place, $"the value holds the character U+{(int)text[bad]:X4}", "Write it as an escape in double quotes.");
        return null;
    }

    private bool IsGroup(string path) =>
        _keys.Any(key => key.Path.Length > path.Length && key.Path[path.Length] == '.'
            && key.Path.StartsWith(path, StringComparison.Ordinal));

    private void RefuseUnknown(Place place, string path)
    {
        if (_problems.IsFull)
        {
            _problems.Add(place, "", "");
            return;
        }

        if (IsGroup(path))
        {
            RefuseGroup(place, path, "is a group of keys, not a key");
            return;
        }

        var shown = Quoted.Text(path).Trim('\'');
        if (_keys.Any(key => key.Path == path))
        {
            var (group, name) = (path[..path.LastIndexOf('.')], path[(path.LastIndexOf('.') + 1)..]);
            _problems.Add(
                place,
                $"{shown} is written as one key, and keys are nested",
                $"Write `{group}:` and, indented below it, `{name}:`.");
            return;
        }

        var nearest = NearestKey.Find(path, KnownPaths());
        _problems.Add(
            place, $"{shown} is not a known key; the nearest is {nearest}", $"Write {nearest}, or remove it.");
    }

    private IEnumerable<string> KnownPaths() =>
        _keys.Select(key => key.Path)
            .Concat(_keys.Where(key => key.Path.Contains('.', StringComparison.Ordinal))
                .Select(key => key.Path[..key.Path.IndexOf('.', StringComparison.Ordinal)])
                .Distinct(StringComparer.Ordinal));

    private void RefuseGroup(Place place, string path, string problem)
    {
        var members = _keys.Select(key => key.Path).Where(key => key.StartsWith(path + ".", StringComparison.Ordinal));
        _problems.Add(place, $"{path} {problem}", $"Its keys are {string.Join(", ", members)}.");
    }
}
