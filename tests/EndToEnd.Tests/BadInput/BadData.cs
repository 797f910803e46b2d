using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>Data sets, task files and files of token ids that do not fit.</summary>
internal static class BadData
{
    private const string Train = "data/train.tsv";

    public static IEnumerable<BadInput> All =>
    [
        BadInput.InSetting("no data folder", "data.folder=/nowhere/data", "/nowhere/data", "data.folder"),
        BadInput.InWorld("no data file", world => File.Delete(world[Train]), Train, "split 'train'", "data.folder"),
        BadInput.InWorld("an empty data set", world => File.WriteAllText(world[Train], "text\tred\n"), Train, "no rows"),
        BadInput.InWorld("an empty file", world => File.WriteAllText(world[Train], ""), Train),
        BadInput.InWorld("a missing column", world => world.Edit(Train, "text\tred", "words\tred"), Train, "text"),
        BadInput.InWorld("a row with a cell too many", world => File.AppendAllText(world[Train], "ra\tyes\tno\n"), Train, "98"),
        BadInput.InWorld("a label that is no choice", world => File.AppendAllText(world[Train], "ra\tmaybe\n"), Train, "maybe", "98"),
        BadInput.InWorld("text that is not UTF-8", BreakText, Train, "UTF-8"),
        BadInput.InWorld(
            "an answer longer than a sequence",
            world => world.Edit("task.yaml", "[\"yes\", \"no\"]", $"[\"yes\", \"no{new string('o', 40)}\"]\nlabels: {{yes: 0, no: 1}}"),
            Train, "has 43 tokens", "32", "data.max_tokens to at least 44"),
        BadInput.InWorld(
            "a template with an unknown column", world => world.Edit("task.yaml", "{text}", "{txt}"), "txt"),
        BadInput.InWorld(
            "a template that does not end", world => world.Edit("task.yaml", "{text}", "{text"), "task.yaml", "prompt", "not closed"),
        BadInput.InWorld(
            "an unknown key of a task", world => world.Edit("task.yaml", "label:", "lable:"), "task.yaml", "lable", "label"),
        BadInput.InSetting("an unknown task", "data.tasks=[rtte]", "data.tasks", "rtte", "rte"),
        BadInput.InSetting("a task file that is not", "data.tasks=[nowhere.yaml]", "nowhere.yaml"),
        Ids("an id that is no number", "1,2,x3", "ids.txt", "item 3", "x3"),
        Ids("an id beyond the vocabulary", "1, 100", "ids.txt", "item 2", "100", "0 to 99"),
        Ids("a single id", "7", "ids.txt", "1 tokens"),
        BadInput.InCommand(
            "no file of ids", world => ["evaluate", "--backbone", world.Backbone, "--ids", world["nowhere.txt"]], "nowhere.txt"),
        BadInput.InCommand(
            "no text file", world => ["evaluate", "--backbone", world.Backbone, "--text", world["nowhere.txt"]], "nowhere.txt"),
    ];

    private static BadInput Ids(string name, string text, params string[] expected) => new(
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
