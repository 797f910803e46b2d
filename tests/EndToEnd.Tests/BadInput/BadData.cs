using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>Data sets, task files and files of token ids that do not fit.</summary>
internal static class BadData
{
    private const string Train = "data/train.tsv";

    public static IEnumerable<Mistake> All =>
    [
        Mistake.InSetting("no data folder", "data.folder=/nowhere/data", "/nowhere/data", "data.folder"),
        Mistake.InWorld("no data file", world => File.Delete(world[Train]), Train, "split 'train'", "data.folder"),
        Mistake.InWorld("an empty data set", world => File.WriteAllText(world[Train], "text\tred\n"), Train, "no rows"),
        Mistake.InWorld("an empty file", world => File.WriteAllText(world[Train], ""), Train),
        Mistake.InWorld("a missing column", world => world.Edit(Train, "text\tred", "words\tred"), Train, "text"),
        Mistake.InWorld(
            "a row with a cell too many",
            world => File.AppendAllText(world[Train], "ra\tyes\tno\n"),
            Train,
            "98"),
        Mistake.InWorld(
            "a label that is no choice",
            world => File.AppendAllText(world[Train], "ra\tmaybe\n"),
            Train,
            "maybe", "98"),
        Mistake.InWorld("text that is not UTF-8", BreakText, Train, "UTF-8"),
        Mistake.InWorld(
            "an answer longer than a sequence",
            world => world.Edit(
                "task.yaml", "\"no\"]", $"\"no{new string('o', 40)}\"]\nlabels: {{yes: 0, no: 1}}"),
            Train, "has 43 tokens", "32", "data.max_tokens to at least 44"),
        Mistake.InWorld(
            "a template with an unknown column", world => world.Edit("task.yaml", "{text}", "{txt}"), "txt"),
        Mistake.InWorld(
            "a template that does not end",
            world => world.Edit("task.yaml", "{text}", "{text"),
            "task.yaml", "prompt", "not closed"),
        Mistake.InWorld(
            "an unknown key of a task",
            world => world.Edit("task.yaml", "label:", "lable:"),
            "task.yaml", "lable", "label"),
        Mistake.InSetting("an unknown task", "data.tasks=[rtte]", "data.tasks", "rtte", "rte"),
        Mistake.InSetting("a task file that is not", "data.tasks=[nowhere.yaml]", "nowhere.yaml"),
        Ids("an id that is no number", "1,2,x3", "ids.txt", "item 3", "x3"),
        Ids("an id beyond the vocabulary", "1, 100", "ids.txt", "item 2", "100", "0 to 99"),
        Ids("a single id", "7", "ids.txt", "1 tokens"),
        Mistake.InCommand(
            "no file of ids",
            world => ["evaluate", "--backbone", world.Backbone, "--ids", world["nowhere.txt"]],
            "nowhere.txt"),
        Mistake.InCommand(
            "no text file",
            world => ["evaluate", "--backbone", world.Backbone, "--text", world["nowhere.txt"]],
            "nowhere.txt"),
    ];

    private static Mistake Ids(string name, string text, params string[] expected) => new(
        name,
        world => File.WriteAllText(world["ids.txt"], text),
        world => ["evaluate", "--backbone", world.Backbone, "--ids", world["ids.txt"]],
        expected);

    private static void BreakText(TinyWorld world)
    {
        using var file = new FileStream(world[Train], FileMode.Append);
        file.Write([(byte)'r', 0xff, (byte)'\t', (byte)'n', (byte)'o', (byte)'\n']);
    }
}
