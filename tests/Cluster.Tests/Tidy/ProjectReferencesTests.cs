using System.Xml.Linq;

namespace MoR.Cluster.Tests.Tidy;

/// <summary>Who may know whom (docs/ARCHITECTURE.md): the compiler keeps the walls, this keeps the doors.</summary>
public sealed class ProjectReferencesTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["MoR.Torch"] = [],
        ["MoR.Cluster"] = [],
        ["MoR.Engine"] = ["MoR.Cluster"],
        ["MoR.Model"] = ["MoR.Torch", "MoR.Cluster", "MoR.Engine"],
        ["MoR.ExpertNode"] = ["MoR.Cluster", "MoR.Engine", "MoR.Model"],
        ["MoR.Coordinator"] = ["MoR.Cluster", "MoR.Engine", "MoR.Model"],
        ["MoR.Program"] = ["MoR.Coordinator", "MoR.ExpertNode", "MoR.Simulation"],
        ["MoR.Simulation"] = ["MoR.Cluster", "MoR.Engine", "MoR.Model", "MoR.Coordinator", "MoR.ExpertNode"],
    };

    [Fact]
    public void A_product_project_knows_only_whom_it_may()
    {
        var findings = Projects("src").SelectMany(Findings).ToList();

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public void A_test_project_knows_the_product_only()
    {
        var findings = Projects("tests")
            .SelectMany(project => References(project)
                .Where(name => !MayKnow.ContainsKey(name))
                .Select(name => $"{project}: references {name}"))
            .ToList();

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public void The_tests_of_Cluster_and_Engine_need_no_Torch()
    {
        foreach (string name in new[] { "Cluster", "Engine" })
        {
            string project = Path.Combine(SourceTree.Root, $"tests/{name}.Tests/MoR.{name}.Tests.csproj");
            Assert.DoesNotContain(References(project), reference => reference is "MoR.Torch" or "MoR.Model");
        }
    }

    [Fact]
    public void Nobody_knows_in_a_circle()
    {
        Assert.DoesNotContain(
            MayKnow.Keys, name => MayKnow[name].Any(known => known == name || MayKnow[known].Contains(name)));
    }

    private static IEnumerable<string> Projects(string folder)
    {
        string path = Path.Combine(SourceTree.Root, folder);
        string[] projects = Directory.GetFiles(path, "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        return projects;
    }

    private static IEnumerable<string> Findings(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string path = Path.GetRelativePath(SourceTree.Root, project);
        if (!MayKnow.TryGetValue(name, out string[]? allowed))
            return [$"{path}: {name} is not in the table of who may know whom"];
        return References(project)
            .Where(reference => !allowed.Contains(reference))
            .Select(reference => $"{path}: {name} references {reference}, it may only: {string.Join(", ", allowed)}");
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project)
            .Descendants("ProjectReference")
            .Select(reference => ((string)reference.Attribute("Include")!).Replace('\\', '/'))
            .Select(path => Path.GetFileNameWithoutExtension(path));
}
