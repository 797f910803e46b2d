using MoR.Coordinator.Configuration.Reading;
using Keys = MoR.Coordinator.Configuration.TaskKeys;

namespace MoR.Coordinator.Configuration;

/// <summary>Reads a task file, fills in defaults, and checks keys against each other.</summary>
internal static class TaskLoader
{
    public static TaskDefinition Load(string path, string text)
    {
        var problems = new ProblemList();
        var fullPath = Path.GetFullPath(path);
        var root = YamlReader.Read(text, new Place(path, 1, Path.GetDirectoryName(fullPath) ?? "/"), problems);
        if (root is null)
        {
            problems.ThrowIfAny();
        }

        var forms = TaskForms.Of(root!, problems)
            .Select(form => ReadForm(form.Document, fullPath, problems) with { Form = form.Name })
            .ToList();
        problems.ThrowIfAny();
        return forms[0] with { OtherForms = [.. forms.Skip(1)] };
    }

    private static TaskDefinition ReadForm(ConfigNode document, string fullPath, ProblemList problems)
    {
        var reader = new KeyReader<TaskDefinition>(Keys.All, document, problems);
        var task = ReadAll(reader, fullPath);
        TaskChecks.CheckAll(task, reader);
        return task;
    }

    private static TaskDefinition ReadAll(KeyReader<TaskDefinition> reader, string fullPath)
    {
        var format = reader.Get(Keys.Format);
        var splits = new TaskSplits
        {
            Train = [.. reader.Get(Keys.Train)],
            Dev = [.. reader.Get(Keys.Dev)],
            Test = [.. reader.Get(Keys.Test)],
        };
        var task = new TaskDefinition
        {
            Name = reader.IsGiven(Keys.Name) ? reader.Get(Keys.Name)! : RecipeLoader.NameOf(fullPath),
            FilePath = fullPath,
            Format = format,
            Skill = reader.Get(Keys.Skill),
            Header = reader.Get(Keys.Header) && format == TaskFormat.Tsv,
            Columns = [.. reader.Get(Keys.Columns)],
            Splits = splits,
            LabelFiles = new TaskSplits
            {
                Train = [.. reader.Get(Keys.TrainLabels)],
                Dev = [.. reader.Get(Keys.DevLabels)],
                Test = [.. reader.Get(Keys.TestLabels)],
            },
            Where = new TaskConditions
            {
                All = [.. reader.Get(Keys.WhereAll)],
                Train = [.. reader.Get(Keys.WhereTrain)],
                Dev = [.. reader.Get(Keys.WhereDev)],
                Test = [.. reader.Get(Keys.WhereTest)],
            },
            IsChat = reader.Get(Keys.Chat),
            System = reader.Get(Keys.System),
            Prompt = reader.Get(Keys.Prompt) ?? "",
            Completion = reader.Get(Keys.Completion),
            Choices = [.. reader.Get(Keys.Choices)],
            ChoicesColumn = reader.Get(Keys.ChoicesColumn),
            ChoicesFrom = reader.Get(Keys.ChoicesFrom),
            ChoicesPattern = reader.Get(Keys.ChoicesPattern),
            ChoiceLabels = reader.Get(Keys.ChoiceLabels),
            LabelColumn = reader.Get(Keys.Label),
            Labels = reader.Get(Keys.Labels),
            Metric = reader.Get(Keys.Metric),
            EvaluateOn = reader.IsGiven(Keys.EvaluateOn) ? reader.Get(Keys.EvaluateOn) : DefaultSplit(splits),
            ExcludeSeen = reader.Get(Keys.ExcludeSeen),
        };
        return task with
        {
            Completion = task.Completion ?? (task.HasChoices ? " {choice}" : null),
            Metric = reader.IsGiven(Keys.Metric) ? task.Metric : DefaultMetric(task),
        };
    }

    private static TaskMetric DefaultMetric(TaskDefinition task) =>
        task.IsText ? TaskMetric.Perplexity : task.HasChoices ? TaskMetric.Accuracy : TaskMetric.ExactMatch;

    private static string DefaultSplit(TaskSplits splits) =>
        splits.Dev.Length > 0 ? "dev" : splits.Test.Length > 0 ? "test" : "none";
}
