using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Comparison;

/// <summary>
/// What a model would get that gave every item of a task the same answer, the one that is best on the very items that are
/// evaluated. Who does not beat it has learnt nothing but the frequency of the labels.
/// </summary>
public static class ConstantAnswers
{
    /// <summary>The best accuracy by task, for tasks with choices; the items depend on the recipe's seed.</summary>
    public static IReadOnlyDictionary<string, double> Of(IEnumerable<TaskData> tasks, Recipe recipe) => tasks
        .Where(task => task.Definition.HasChoices && task.Evaluation.Length > 0)
        .ToDictionary(
            task => task.Definition.Name,
            task => Best(task.SampleEvaluation(recipe.Evaluation.MaxItems, (ulong)recipe.Seed)),
            StringComparer.Ordinal);

    private static double Best(IReadOnlyList<TaskItem> items) =>
        items.GroupBy(item => item.Label).Max(group => group.Count()) / (double)items.Count;
}
