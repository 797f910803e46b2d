using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>
/// Turns YAML text into <see cref="ConfigNode"/>s. Only what configuration needs is accepted: one document of plain
/// mappings, lists and values. Anchors, aliases and tags are refused, so that a document's cost is that of its length.
/// </summary>
public sealed class YamlReader
{
    /// <summary>Deepest nesting of mappings and lists.</summary>
    public const int MostDepth = 32;

    private readonly Parser _parser;
    private readonly Place _place;
    private readonly ProblemList _problems;

    private YamlReader(string text, Place place, ProblemList problems)
    {
        _parser = new Parser(new StringReader(text));
        _place = place;
        _problems = problems;
    }

    /// <summary>
    /// The root of the document, an empty value for an empty one. Null when the text is not acceptable YAML, with the
    /// reason in <paramref name="problems"/>; reading goes on after duplicate keys only.
    /// </summary>
    public static ConfigNode? Read(string text, Place place, ProblemList problems)
    {
        var unprintable = ConfigText.IndexOfUnprintable(text);
        if (unprintable >= 0)
        {
            var line = place.Line == 0 ? 0 : 1 + text.AsSpan(0, unprintable).Count('\n');
            problems.Add(
                place.AtLine(line),
                $"the character U+{(int)text[unprintable]:X4} is not allowed in YAML",
                "Remove it, or write it as an escape in double quotes.");
            return null;
        }

        try
        {
            return new YamlReader(text, place, problems).ReadDocument();
        }
        catch (YamlException e)
        {
            var where = LineOf(place, e.End);
            problems.Add(
                e.Message.Contains("tab", StringComparison.Ordinal) ? where.AtLine(LineOfTab(text, where.Line)) : where,
                $"this is not valid YAML ({e.Message.TrimEnd('.', ' ')})",
                "Correct the indentation, quotes or brackets at that place.");
        }
        catch (RefusedException e)
        {
            problems.Add(e.Place, e.Message, e.NextStep);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException
            or OverflowException or IndexOutOfRangeException)
        {
            // The scanner raises these for a few malformed directives and escapes instead of its own exception.
            problems.Add(
                place, $"this is not valid YAML ({e.Message.TrimEnd('.', ' ')})", "Correct the file's syntax.");
        }

        return null;
    }

    private static Place LineOf(Place place, Mark mark) =>
        place.Line == 0 ? place : place.AtLine(Math.Max(1, mark.Line));

    /// <summary>
    /// The first line from <paramref name="line"/> on that is indented with a tab: the scanner complains about such a
    /// line while it is still at the one before.
    /// </summary>
    private static int LineOfTab(string text, int line)
    {
        var number = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line > 0 && number >= line && content[..^content.TrimStart().Length].Contains('\t'))
            {
                return number;
            }
        }

        return line;
    }

    private ConfigNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return new ScalarNode(_place, "", IsPlain: true);
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            throw Refuse(second, "a second YAML document starts here", "Keep one document per file.");
        }

        _parser.Consume<StreamEnd>();
        return root;
    }

    private ConfigNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            throw Refuse(alias, $"the alias *{alias.Value} is not supported", "Write the value out.");
        }

        if (_parser.Accept<NodeEvent>(out var node))
        {
            if (!node.Anchor.IsEmpty)
            {
                throw Refuse(node, $"the anchor &{node.Anchor} is not supported", "Remove it and write values out.");
            }

            if (!node.Tag.IsEmpty)
            {
                throw Refuse(node, $"the tag {Quoted.Text(node.Tag.ToString())} is not supported", "Remove it.");
            }

            if (depth > MostDepth)
            {
                throw Refuse(node, $"nesting is deeper than {MostDepth} levels", "Flatten the file.");
            }
        }

        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            return ReadList(sequence, depth);
        }

        if (_parser.TryConsume<MappingStart>(out var mapping))
        {
            return ReadMap(mapping, depth);
        }

        var scalar = _parser.Consume<Scalar>();
        if (ConfigText.IndexOfUnstorable(scalar.Value) is var bad and >= 0)
        {
            throw Refuse(
                scalar, $"the text holds the character U+{(int)scalar.Value[bad]:X4} as an escape", "Remove it.");
        }

        return new ScalarNode(LineOf(_place, scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private ListNode ReadList(SequenceStart start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ListNode(LineOf(_place, start.Start), items.ToImmutable());
    }

    private MapNode ReadMap(MappingStart start, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<MapEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (ReadNode(depth + 1) is not ScalarNode key)
            {
                throw new RefusedException(
                    LineOf(_place, start.Start), "a key of this mapping is not a word", "Write keys as plain words.");
            }

            var value = ReadNode(depth + 1);
            if (lines.TryAdd(key.Text, key.Place.Line))
            {
                entries.Add(new MapEntry(key.Text, key.Place, value));
            }
            else
            {
                var first = lines[key.Text];
                _problems.Add(
                    key.Place,
                    _problems.IsFull ? "" : $"the key {Quoted.Text(key.Text)} was already given on line {first}",
                    "Remove one of the two.");
            }
        }

        return new MapNode(LineOf(_place, start.Start), entries.ToImmutable());
    }

    private RefusedException Refuse(ParsingEvent where, string problem, string nextStep) =>
        new(LineOf(_place, where.Start), problem, nextStep);

    private sealed class RefusedException(Place place, string problem, string nextStep) : Exception(problem)
    {
        public Place Place { get; } = place;

        public string NextStep { get; } = nextStep;
    }
}
