using MoR.Cluster.Errors;
using MoR.Model.Json;
using System.Text.RegularExpressions;

namespace MoR.Model.Adapters.Foreign;

/// <summary>
/// Which modules of the backbone a PEFT configuration gives LoRA to (huggingface/peft 0.20, tuners/tuners_utils.py
/// <c>check_target_module_exists</c>). A path is the module's in the backbone, such as
/// <c>model.layers.0.self_attn.q_proj</c>.
/// </summary>
internal sealed class PeftTargets
{
    private const string AllLinear = "all-linear";
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    // What PEFT takes for a Llama when nothing is said (utils/constants.py).
    private static readonly string[] LlamaDefault = ["q_proj", "v_proj"];

    private readonly JsonSection _root;
    private readonly Func<string, bool> _isTarget;
    private readonly Func<string, bool> _isExcluded;

    /// <summary>Reads the keys that select modules.</summary>
    /// <exception cref="InputException">One of them is malformed.</exception>
    public PeftTargets(JsonSection root)
    {
        _root = root;
        _isExcluded = root.HasContent("exclude_modules") ? Selection("exclude_modules") : _ => false;
        var isInLayer = Layers();
        var names = root.IsText("target_modules") ? null : root.Texts("target_modules") ?? LlamaDefault;
        if (names is { Count: 0 })
        {
            throw root.Wrong("target_modules", "the list is empty");
        }

        // The layers restrict what is named by its end, not what is named whole or by a regular expression.
        _isTarget = names is null
            ? Selection("target_modules")
            : path => names.Contains(path) || (EndsWithAny(names, path) && isInLayer(path));
    }

    /// <summary>Whether a module has LoRA.</summary>
    public bool Contains(string path) => !_isExcluded(path) && _isTarget(path);

    /// <summary>Matches a pattern of the file, which may be anything.</summary>
    /// <exception cref="InputException">It is no regular expression, or takes too long.</exception>
    public static bool IsMatch(JsonSection root, string key, string pattern, string path)
    {
        try
        {
            return Regex.IsMatch(path, pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (Exception cause) when (cause is RegexParseException or RegexMatchTimeoutException)
        {
            throw root.Wrong(key, $"the regular expression {pattern} cannot be used ({cause.Message.TrimEnd('.')})");
        }
    }

    private static bool EndsWithAny(IReadOnlyList<string> names, string path) =>
        names.Any(name => path.EndsWith("." + name, StringComparison.Ordinal));

    /// <summary>A regular expression for whole paths, "all-linear", or a list of paths or their ends.</summary>
    private Func<string, bool> Selection(string key)
    {
        if (!_root.IsText(key))
        {
            var names = _root.Texts(key)!;
            return path => names.Contains(path) || EndsWithAny(names, path);
        }

        var text = _root.Text(key, null)!;
        return text.Equals(AllLinear, StringComparison.OrdinalIgnoreCase)
            ? _ => true
            : path => IsMatch(_root, key, $"^(?:{text})$", path);
    }

    /// <summary>layers_to_transform and layers_pattern: whether the first number of a path is among those given.</summary>
    private Func<string, bool> Layers()
    {
        var layers = _root.Integers("layers_to_transform", 0, int.MaxValue);
        if (layers is not { Count: > 0 })
        {
            return _ => true;
        }

        IReadOnlyList<string> patterns = _root.IsText("layers_pattern")
            ? [_root.Text("layers_pattern", null)!]
            : _root.Texts("layers_pattern") ?? [];
        return path => patterns is [] or [""]
            ? layers.Any(layer => IsNumbered(@"[^.]*", path, layer))
            : patterns.Any(pattern => layers.Any(layer => IsNumbered(pattern, path, layer)));
    }

    private bool IsNumbered(string pattern, string path, int layer) =>
        IsMatch(_root, "layers_pattern", $@"^.*?\.(?:{pattern})\.{layer}\.", path);
}
