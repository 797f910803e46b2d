using System.Text.RegularExpressions;

namespace MoR.Cluster.Tests.Tidy;

public sealed partial class TidyTests
{
    [Fact]
    public void The_source_tree_is_tidy()
    {
        var findings = SourceTree.Files()
            .SelectMany(file => TidyRules.All
                .SelectMany(rule => rule.Check(file.Path, file.Lines))
                .Append(TidyRules.Length(file.Path, file.Lines.Length)))
            .OfType<string>()
            .ToList();

        Assert.True(findings.Count == 0, string.Join('\n', findings.Prepend($"{findings.Count} findings:")));
    }

    [Fact]
    public void The_source_tree_is_found()
    {
        var paths = SourceTree.Files().Select(file => file.Path).ToList();

        Assert.Contains("src/Shared/Cluster/Errors/InputException.cs", paths);
        Assert.Contains("deploy/setup/build.sh", paths);
        Assert.Contains("mor", paths);
        Assert.Contains(".ci/run", paths);
        Assert.DoesNotContain(paths, path => path.StartsWith("artifacts/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("src/Coordinator/A.cs", "await Task.Run(Work);")]
    [InlineData("src/Coordinator/A.cs", "await Task.Delay(delay, stop);")]
    [InlineData("src/Shared/Model/A.cs", "Parallel.For(0, 8, Work);")]
    [InlineData("src/Shared/Model/A.cs", "var thread = new Thread(Work);")]
    [InlineData("src/Shared/Cluster/A.cs", "using var timer = new Timer(Tick);")]
    [InlineData("src/Shared/Cluster/A.cs", "DateTime now = DateTime.UtcNow;")]
    [InlineData("src/Shared/Cluster/A.cs", "var now = DateTimeOffset.Now;")]
    [InlineData("src/Shared/Cluster/A.cs", "long start = Stopwatch.GetTimestamp();")]
    [InlineData("src/Shared/Cluster/A.cs", "var id = Guid.NewGuid();")]
    [InlineData("src/Shared/Cluster/A.cs", "var random = new Random();")]
    [InlineData("src/Shared/Cluster/A.cs", "int i = Random.Shared.Next();")]
    [InlineData("src/Shared/Cluster/A.cs", "await work.ConfigureAwait(false);")]
    [InlineData("src/Shared/Cluster/A.cs", "using TorchSharp;")]
    [InlineData("src/Shared/Engine/A.cs", "using static TorchSharp.torch;")]
    [InlineData("src/Shared/Engine/A.cs", "MoR.Torch.Native.Call();")]
    [InlineData("tests/Cluster.Tests/A.cs", "Thread.Sleep(10);")]
    [InlineData("tests/Cluster.Tests/A.cs", "await Task.Delay(10);")]
    [InlineData("tests/Cluster.Tests/A.cs", "var random = new Random();")]
    [InlineData("src/Coordinator/A.cs", "throw new Exception(\"no\");")]
    [InlineData("src/Coordinator/A.cs", "throw new NotImplementedException();")]
    [InlineData("src/Coordinator/A.cs", "    #region Fields")]
    [InlineData("src/Coordinator/A.cs", "// TODO: later")]
    [InlineData("docs/A.md", "Ranks: TBD")]
    [InlineData("docs/A.md", "Data lies in /home/ann/data.")]
    [InlineData("deploy/A.sh", "cp x /root/y")]
    [InlineData("native/A.cpp", "int i;  ")]
    [InlineData("native/A.cpp", "\tint i;")]
    public void A_rule_finds_its_offence(string path, string line) =>
        Assert.Contains(
            TidyRules.All.SelectMany(rule => rule.Check(path, ["", line])),
            finding => finding.StartsWith($"{path}:2: ", StringComparison.Ordinal));

    [Theory]
    [InlineData("src/Coordinator/Runtime/A.cs", "await Task.Run(Work);")]
    [InlineData("src/Shared/Cluster/Runtime/A.cs", "DateTime now = DateTime.UtcNow;")]
    [InlineData("src/Coordinator/A.cs", "/// <summary>Never Task.Run here.</summary>")]
    [InlineData("src/Coordinator/A.cs", "var random = new Random(seed);")]
    [InlineData("src/Coordinator/A.cs", "using TorchSharp;")]
    [InlineData("src/Coordinator/A.cs", "throw new ArgumentException(nameof(x));")]
    [InlineData("docs/A.md", "See ../shared/data and https://example.org/home/a.")]
    [InlineData("docs/A.md", "Data lies in /home/you/data.")]
    [InlineData("mor", "exec \"$root/home/x\"")]
    public void A_rule_leaves_the_rest_alone(string path, string line) =>
        Assert.Empty(TidyRules.All.SelectMany(rule => rule.Check(path, [line])));

    [Fact]
    public void A_long_line_and_a_long_file_are_found()
    {
        Assert.Contains(TidyRules.All, rule => rule.Check("src/A.cs", [new string('x', 141)]).Any());
        Assert.Empty(TidyRules.All.SelectMany(rule => rule.Check("src/A.cs", [new string('x', 140)])));
        Assert.NotNull(TidyRules.Length("src/A.cs", TidyRules.MaximumLines + 1));
        Assert.Null(TidyRules.Length("src/A.cs", TidyRules.MaximumLines));
    }

    [Fact]
    public void The_ratchet_names_only_files_that_are_still_too_long()
    {
        var mended = SourceTree.Files()
            .Where(file => file.Lines.Length <= TidyRules.MaximumLines)
            .Select(file => file.Path)
            .Where(TidyRules.TooLongAlready.ContainsKey)
            .ToList();
        var gone = TidyRules.TooLongAlready.Keys.Where(path => !File.Exists(Path.Combine(SourceTree.Root, path)));

        Assert.Empty(mended.Concat(gone));
    }

    [Fact]
    public void Every_tier_that_a_test_names_is_listed()
    {
        var listed = File.ReadLines(Path.Combine(SourceTree.Root, "tests/tiers.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ')[0])
            .ToHashSet();
        var unlisted = SourceTree.Files()
            .Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => file.Lines.SelectMany((line, i) => Tier().Matches(line)
                .Select(match => match.Groups["tier"].Value)
                .Where(tier => !listed.Contains(tier))
                .Select(tier => $"{file.Path}:{i + 1}: '{tier}' is not in tests/tiers.txt; the gate would run it")))
            .ToList();

        Assert.NotEmpty(listed);
        Assert.True(unlisted.Count == 0, string.Join('\n', unlisted));
    }

    [GeneratedRegex("""\[(assembly: )?Trait\("Tier", "(?<tier>[^"]*)"\)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tier();
}
