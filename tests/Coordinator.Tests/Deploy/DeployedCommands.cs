using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace MoR.Coordinator.Tests.Deploy;

/// <summary>The commands of <c>mor</c> in the files of deploy/, as arguments without the program.</summary>
internal static partial class DeployedCommands
{
    private const string Begin = "train-or-resume.sh";

    /// <summary>Every command of a systemd unit, with values in place of its variables.</summary>
    public static IEnumerable<string[]> OfUnit(string text) => text.Split('\n')
        .Where(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))
        .SelectMany(line => Resolved(Words(line["ExecStart=".Length..])));

    /// <summary>Every command of the containers in a YAML file, whose image's program is <c>mor</c>.</summary>
    public static IEnumerable<string[]> OfYaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return yaml.Documents.SelectMany(document => document.AllNodes).OfType<YamlMappingNode>().SelectMany(OfContainer);
    }

    /// <summary>What becomes of the arguments of <c>train-or-resume.sh</c>, at the beginning and later.</summary>
    public static IEnumerable<string[]> Resolved(string[] words)
    {
        if (!words[0].EndsWith(Begin, StringComparison.Ordinal))
        {
            return [words[1..]];
        }

        var middle = Array.IndexOf(words, "--");
        var (first, always) = middle < 0 ? (words[3..], []) : (words[3..middle], words[(middle + 1)..]);
        return [["train", words[2], "--output", words[1], .. first, .. always], ["train", "--resume", words[1], .. always]];
    }

    private static IEnumerable<string[]> OfContainer(YamlMappingNode node)
    {
        if (Scalar(node, "image") != "mor")
        {
            return [];
        }

        string[] program = [.. List(node, "entrypoint"), .. List(node, "command"), .. List(node, "args")];
        return Resolved(program[0].StartsWith('/') ? program : ["mor", .. program]);
    }

    private static string[] List(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) && value is YamlSequenceNode list
            ? [.. list.Select(item => ((YamlScalarNode)item).Value!)]
            : [];

    private static string? Scalar(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? (value as YamlScalarNode)?.Value : null;

    private static string[] Words(string line) =>
        [.. ListVariable().Replace(Specifier().Replace(line, "host-0"), "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => Variable().Replace(word, match => match.Groups["name"].Value switch
            {
                "EXPECT" => "2",
                "LISTEN" or "COORDINATOR" => "192.0.2.1:7070",
                "DEVICE" => "cuda:0",
                var other => other.ToLowerInvariant(),
            }))];

    // $NAME is any number of words, ${NAME} is one. See systemd.service(5).
    [GeneratedRegex(@"(?<= )\$[A-Z]+(?= |$)", RegexOptions.None, 1000)]
    private static partial Regex ListVariable();

    [GeneratedRegex(@"\$\{(?<name>[A-Z]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("%[a-zA-Z](-%[a-zA-Z])?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Specifier();
}
