using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Data;

/// <summary>The generated rows of a task of <c>format: skill</c>: columns <c>question</c> and <c>answer</c>.</summary>
internal static class SkillRows
{
    /// <summary>The rows of one split.</summary>
    /// <exception cref="InputException">The skill has fewer items.</exception>
    public static IEnumerable<TaskRow> Read(TaskDefinition task, string split) =>
        task.Splits.Named(split).SelectMany(text => Read(task, ItemRange.TryParse(text)!.Value));

    private static IEnumerable<TaskRow> Read(TaskDefinition task, ItemRange range)
    {
        var items = SkillItems.Take(SkillCatalogue.Of(task.Skill!), range.Last + 1);
        if (items.Length <= range.Last)
        {
            throw new InputException(
                task.FilePath,
                $"items {range} of skill {task.Skill} are asked for, and it has {items.Length} different ones",
                $"Let the splits end at {items.Length - 1}.");
        }

        for (var place = range.First; place <= range.Last; place++)
        {
            var source = new DataSource($"skill {task.Skill}, item {place}", 1);
            yield return new TaskRow(source, new Dictionary<string, TaskValue>(StringComparer.Ordinal)
            {
                ["question"] = TaskValue.Of(items[place].Question),
                ["answer"] = TaskValue.Of(items[place].Answer),
            });
        }
    }
}
