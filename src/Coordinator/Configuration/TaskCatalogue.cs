using System.Collections.Immutable;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Finds and reads the task files that a recipe names.</summary>
public static class TaskCatalogue
{
    /// <summary>
    /// The definitions of the recipe's tasks, in its order. Names are looked up in <paramref name="tasksFolder"/>, by
    /// default the one that comes with the program.
    /// </summary>
    /// <exception cref="InputException">A task is unknown, its file is wrong, or two have the same name.</exception>
    public static ImmutableArray<TaskDefinition> Load(Recipe recipe, string? tasksFolder = null)
    {
        ImmutableArray<TaskDefinition> tasks =
            [.. recipe.Data.Tasks.Select(task => TaskDefinition.Load(PathOf(task, tasksFolder)))];
        var twice = tasks.GroupBy(task => task.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? tasks
            : throw new InputException(
                twice.Last().FilePath,
                $"the task's name {twice.Key} is also that of {twice.First().FilePath}",
                "Give one of them another name.");
    }

    /// <summary>The names of the tasks in a folder, sorted.</summary>
    public static ImmutableArray<string> Names(string tasksFolder) =>
    [
        .. Directory.EnumerateFiles(tasksFolder, "*.yaml")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The path of the file of a task that is given by name or by path.</summary>
    /// <exception cref="InputException">The name is not one of the folder's.</exception>
    public static string PathOf(string task, string? tasksFolder = null)
    {
        if (TaskReference.IsPath(task))
        {
            return task;
        }

        var folder = tasksFolder ?? ShippedFolder.Find(ShippedFolder.Tasks)
            ?? throw new InputException(
                "data.tasks",
                $"{Quoted.Text(task)} is a name, and there is no folder {ShippedFolder.Tasks} near the program",
                "Give the path of a task file, ending in .yaml.");
        var names = Names(folder);
        return names.Contains(task)
            ? Path.Join(folder, task + ".yaml")
            : throw new InputException(
                "data.tasks",
                $"{Quoted.Text(task)} is not a known task; known are {string.Join(", ", names)}",
                $"Write {NearestKey.Find(task, names) ?? "a task's name"}, or a task file's path ending in .yaml.");
    }
}
