using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.ComparisonPlanKeys;

namespace MoR.Coordinator.Configuration;

/// <summary>Reads a comparison plan, fills in defaults, and checks keys against each other.</summary>
internal static class ComparisonPlanLoader
{
    public static ComparisonPlan Load(string path, string text, IEnumerable<string> overrides, string workingDirectory)
    {
        var problems = new ProblemList();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path, workingDirectory)) ?? workingDirectory;
        var root = YamlReader.Read(text, new Place(path, 1, folder), problems);
        if (root is null)
        {
            problems.ThrowIfAny();
        }

        var reader = new KeyReader<ComparisonPlan>(Keys.All, root!, problems);
        reader.Override(overrides, workingDirectory);
        var plan = ReadAll(reader, path);
        if (reader.AreGood(Keys.Configurations))
        {
            Check(plan, reader);
        }

        problems.ThrowIfAny();
        return plan;
    }

    private static ComparisonPlan ReadAll(KeyReader<ComparisonPlan> reader, string path)
    {
        var configurations = reader.Get(Keys.Configurations);
        var tolerance = reader.Get(Keys.MatchTolerance);
        return new ComparisonPlan
        {
            FilePath = path,
            Name = reader.IsGiven(Keys.Name) ? reader.Get(Keys.Name)! : RecipeLoader.NameOf(path),
            RecipePath = reader.Get(Keys.BaseRecipe)!,
            Configurations = configurations,
            Seeds = reader.Get(Keys.Seeds),
            Reference = reader.IsGiven(Keys.Reference) || configurations.Count == 0
                ? reader.Get(Keys.Reference)!
                : configurations[0].Name,
            Match = reader.Get(Keys.MatchConfiguration) is { } budget ? new ComparisonMatch(budget, tolerance) : null,
            Common = [.. reader.Given.Where(given => !Keys.Own.Any(key => key.Path == given.Key))],
        };
    }

    private static void Check(ComparisonPlan plan, KeyReader<ComparisonPlan> reader)
    {
        if (reader.AreGood(Keys.Reference))
        {
            CheckName(plan, reader, Keys.Reference, plan.Reference);
        }

        if (plan.Match is not { } match)
        {
            if (reader.IsGiven(Keys.MatchTolerance))
            {
                reader.RefuseMissing(Keys.MatchConfiguration, "is not given, and match.tolerance is");
            }

            return;
        }

        CheckName(plan, reader, Keys.MatchConfiguration, match.Configuration);
        foreach (var configuration in plan.Configurations.Where(item => item.Name != match.Configuration))
        {
            if (configuration.Values.FirstOrDefault(given => given.Key == RecipeKeys.Model.ExpertsRank.Path) is { } rank)
            {
                reader.RefuseAt(
                    rank.Value.Place,
                    $"configuration {configuration.Name} sets {rank.Key}, which is chosen to match {match.Configuration}",
                    "Leave it out, or remove match.configuration.");
            }
        }
    }

    private static void CheckName(
        ComparisonPlan plan, KeyReader<ComparisonPlan> reader, ConfigKey<ComparisonPlan> key, string name)
    {
        var names = plan.Configurations.Select(configuration => configuration.Name).ToArray();
        if (!names.Contains(name))
        {
            reader.Refuse(
                $"{key.Path} is {Quoted.Text(name)}, which is none of the configurations {string.Join(", ", names)}",
                $"Write one of them, perhaps {NearestKey.Find(name, names)}.",
                key);
        }
    }
}
