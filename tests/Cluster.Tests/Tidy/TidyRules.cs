namespace MoR.Cluster.Tests.Tidy;

/// <summary>The house rules that no analyzer knows. A new one also gets a line that breaks it in TidyTests.</summary>
internal static class TidyRules
{
    public const int MaximumLines = 500;

    /// <summary>Files that were too long when the rule came, with their length then: they may only shrink.</summary>
    public static IReadOnlyDictionary<string, int> TooLongAlready { get; } = new Dictionary<string, int>();

    public static IReadOnlyList<TidyRule> All { get; } =
    [
        new(@"\bTask\.(Run|Delay|Factory)\b|\bThreadPool\.|\bnew Thread\(|\bParallel\.\w",
            IsProduct, "threads and delays come through a seam; only a folder named Runtime makes them"),
        new(@"\b(new|System\.Threading\.)\s*Timer\(|\bPeriodicTimer\b",
            IsProduct, "timers come through a TimeProvider; only a folder named Runtime makes them"),
        new(@"\bStopwatch\b|\bEnvironment\.TickCount|\bDateTime(Offset)?\.(Now|UtcNow|Today)\b",
            IsProduct, "time comes through a TimeProvider; only a folder named Runtime reads the clock"),
        new(@"\bGuid\.NewGuid\b|\bnew Random\(\s*\)|\bRandom\.Shared\b",
            IsProduct, "randomness is seeded and comes through a seam"),
        new(@"\bConfigureAwait\(\s*false\s*\)",
            IsProduct, "ConfigureAwait(false) leaves the simulator's scheduler; leave it out"),
        new(@"\bThread\.Sleep\b|\bTask\.Delay\b",
            IsTest, "tests never sleep: wait for a phase or advance the clock"),
        new(@"\bnew Random\(\s*\)|\bRandom\.Shared\b",
            IsTest, "tests never depend on luck: give a seed and name it in the assertion"),
        new(@"\busing (static )?(TorchSharp|MoR\.Torch|MoR\.Model)\b|\bTorchSharp\.|\bMoR\.Torch\b",
            path => Under(path, "src/Shared/Cluster/", "src/Shared/Engine/"), "Cluster and Engine know no Torch"),
        new(@"\bthrow new (System\.)?Exception\(",
            IsCSharp, "throw InputException, RunException or what the framework has, with cause and next step"),
        new(@"\bNotImplementedException\b", IsCSharp, "no stubs: leave the member out until it works"),
        new(@"^\s*#\s*region\b", IsCSharp, "no regions: a file that needs them wants splitting"),
        new(@"\b(TBD|TODO|FIXME|HACK)\b",
            IsCodeOrProse, "finish it, or write what is missing as a sentence", InComments: true),
        new(@"(^|[^\w.~$}/])/(work|home|root|Users)/(?!(somebody|you)\b)\w|\b[A-Z]:\\\\?Users\b",
            path => !IsThis(path), "a path of one machine", InComments: true),
        new(@"^.{141,}$", path => IsCode(path) && !IsThis(path), "longer than 140 characters", InComments: true),
        new(@"[ \t]+$|^ *\t", IsCode, "white space at the end, or a tab", InComments: true),
    ];

    /// <summary>The finding about a file's length, if any.</summary>
    public static string? Length(string path, int lines)
    {
        if (!IsCode(path))
            return null;
        int allowed = TooLongAlready.GetValueOrDefault(path, MaximumLines);
        return lines > allowed ? $"{path}:{lines}: {lines} lines, at most {allowed}: split it by subject" : null;
    }

    private static bool IsProduct(string path) =>
        Under(path, "src/") && IsCSharp(path) && !path.Contains("/Runtime/", StringComparison.Ordinal);

    private static bool IsTest(string path) => Under(path, "tests/") && IsCSharp(path);

    private static bool IsCSharp(string path) => path.EndsWith(".cs", StringComparison.Ordinal) && !IsThis(path);

    // The launcher and .ci/run have no extension.
    private static bool IsCode(string path) =>
        Path.GetExtension(path) is ".cs" or ".cpp" or ".h" or ".sh" or ".js" or ".css" or ".html" or "";

    private static bool IsCodeOrProse(string path) =>
        (IsCode(path) || path.EndsWith(".md", StringComparison.Ordinal)) && !IsThis(path);

    // These files spell out what is forbidden.
    private static bool IsThis(string path) => Under(path, "tests/Cluster.Tests/Tidy/");

    private static bool Under(string path, params ReadOnlySpan<string> folders)
    {
        foreach (string folder in folders)
        {
            if (path.StartsWith(folder, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
