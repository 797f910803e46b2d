using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>
/// The forms in which a task's data is found in the world. Each has the keys of a task file; what is written above
/// them counts for every form that does not say otherwise. The first form whose files are there is read.
/// </summary>
internal static class TaskForms
{
    private const string Key = "forms";

    /// <summary>The document of each form, with its name; the file's own document, unnamed, when it has no forms.</summary>
    public static ImmutableArray<(string Name, ConfigNode Document)> Of(ConfigNode root, ProblemList problems)
    {
        if (root is not MapNode map || map.Entries.FirstOrDefault(entry => entry.Key == Key) is not { } forms)
        {
            return [("", root)];
        }

        if (forms.Value is not MapNode { Entries.Length: > 0 } list)
        {
            problems.Add(
                forms.Place,
                $"{Key} is {forms.Value.Describe()}, expected a group of forms",
                "Give every form a name, and below it the keys in which it differs.");
            return [];
        }

        MapEntry[] shared = [.. map.Entries.Where(entry => entry.Key != Key)];
        return [.. list.Entries.Select(form => (form.Key, Merge(map.Place, shared, form, problems)))];
    }

    private static ConfigNode Merge(Place file, MapEntry[] shared, MapEntry form, ProblemList problems)
    {
        if (form.Value is not MapNode own)
        {
            problems.Add(
                form.Place,
                $"{Key}.{form.Key} is {form.Value.Describe()}, expected a group of keys",
                "Give the keys in which this form differs, or remove it.");
            return new MapNode(file, [.. shared]);
        }

        if (own.Entries.FirstOrDefault(entry => entry.Key == TaskKeys.Name.Path) is { } name)
        {
            problems.Add(
                name.Place, $"name is given in form {Quoted.Text(form.Key)}", "Give it once, above forms: a task has one name.");
        }

        var others = shared.Where(entry => own.Entries.All(given => given.Key != entry.Key));
        return new MapNode(file with { Subject = $"{file.Subject}, form {form.Key}" }, [.. others, .. own.Entries]);
    }
}
