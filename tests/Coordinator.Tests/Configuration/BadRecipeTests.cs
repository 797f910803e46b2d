using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Tests.Configuration;

/// <summary>Every message names the file or option, the line, the key, the value and what to do.</summary>
public sealed class BadRecipeTests
{
    private const string Least = "backbone: {path: /b}\n";

    public static TheoryData<string, string> Files => new()
    {
        { "", "r.yaml: backbone.path is required and not given. Give a path: Hugging Face folder" },
        { "- 1", "r.yaml: line 1: the document is a list of 1, expected keys. Start with `name:`." },
        {
            Least + "router:\n  top_kk: 2",
            "r.yaml: line 3: router.top_kk is not a known key; the nearest is router.top_k. Write "
            + "router.top_k, or remove it."
        },
        { Least + "top_k: 2", "line 2: top_k is not a known key; the nearest is router.top_k." },
        { Least + "trainig: {}", "line 2: trainig is not a known key; the nearest is training." },
        {
            Least + "router.top_k: 2",
            "line 2: router.top_k is written as one key, and keys are nested. Write `router:` and, "
            + "indented below it, `top_k:`."
        },
        {
            Least + "router: mor",
            "line 2: router is 'mor', expected a group of keys. Its keys are router.kind, router.scope,"
        },
        {
            Least + "router: {top_k: two}",
            "line 2: router.top_k is 'two', expected a whole number. Give a whole number, 1..1024."
        },
        { Least + "router: {top_k: '2'}", "line 2: router.top_k is the string '2', expected a whole number." },
        { Least + "router: {top_k: 2.5}", "router.top_k is '2.5', expected a whole number." },
        { Least + "router: {top_k: }", "router.top_k is empty, expected a whole number." },
        { Least + "router: {top_k: [2]}", "router.top_k is a list of 1, expected a whole number." },
        { Least + "router: {top_k: 0}", "router.top_k is '0', allowed is 1..1024. Choose a value in that range." },
        { Least + "seed: 9223372036854775808", "seed is '9223372036854775808', allowed is 0..9223372036854775807." },
        { Least + "seed: -1", "seed is '-1', allowed is 0..9223372036854775807." },
        {
            Least + "router: {kind: morr}",
            "router.kind is 'morr', allowed is none | topk | mor. Choose one of them, perhaps mor."
        },
        {
            Least + "router: {allow_non_causal: yes}",
            "router.allow_non_causal is 'yes', expected true or false. Give true or false."
        },
        { Least + "experts: {dropout: 1}", "experts.dropout is '1', allowed is from 0 to below 1." },
        { Least + "experts: {dropout: .nan}", "experts.dropout is '.nan', expected a number." },
        { Least + "training: {learning_rate: 0}", "training.learning_rate is '0', allowed is above 0 to 10." },
        {
            Least + "experts: {targets: [q_proj, q_porj]}",
            "experts.targets[1] is 'q_porj', allowed is q_proj | k_proj | v_proj | o_proj | gate_proj | "
            + "up_proj | down_proj. Choose one of them, perhaps q_proj."
        },
        {
            Least + "experts: {targets: [q_proj, q_proj]}",
            "experts.targets[1] repeats 'q_proj'. Name every item once."
        },
        { Least + "experts: {targets: []}", "experts.targets is a list of 0, allowed is" },
        { Least + "experts: {count: [2, 0]}", "experts.count[1] is '0', allowed is 1..1024." },
        { Least + "name: ../x", "name is '../x', allowed is at most 100 of a-z, 0-9, '-', '_' and '.'" },
        {
            Least + "experts: {count: [4, 2]}\nrouter: {top_k: 3}",
            "line 3: router.top_k 3 > 2, the smallest of experts.count [4, 2]: a token cannot choose 3 "
            + "of 2. Set router.top_k to at most 2, or have more experts."
        },
        { Least + "experts: {count: 1}", "line 2: router.top_k 2 > 1, the smallest of experts.count 1" },
        {
            Least + "experts: {shards: 9}",
            "line 2: experts.shards 9 > 8, the largest of experts.count 8: a shard would hold no expert. "
            + "Set experts.shards to at most 8"
        },
        {
            Least + "router: {sub_routers: 2, top_m: 3}",
            "router.top_m 3 > 2, which is router.sub_routers. Set router.top_m to at most 2"
        },
        {
            Least + "experts: {count: 8}\nrouter: {kind: none}",
            "line 2: experts.count is 8, and router.kind none has 1 expert per linear with gate 1. "
            + "Remove experts.count or set it to 1"
        },
        { Least + "router: {kind: none, top_k: 2}", "router.top_k 2 > 1" },
        {
            Least + "evaluation: {early_stop_patience: 3}",
            "evaluation.early_stop_patience is 3 evaluations, and evaluation.every_steps 0 makes none"
        },
        {
            Least + "data: {tasks: [rte]}",
            "r.yaml: data.folder is not given, and the files of task rte are below it. Give a path"
        },
        {
            Least + "data: {folder: /d, tasks: [a/b]}",
            "data.tasks[0] is 'a/b', which is neither a task's name nor a path ending in .yaml."
        },
        { Least + "numerics: {wire: fp16}", "numerics.wire is 'fp16', allowed is f32 | bf16 | int8." },
        { Least + "numerics: {threads: 65}", "numerics.threads is '65', allowed is 1..64." },
        { Least + "seed: 1\nseed: 2", "line 3: the key 'seed' was already given on line 2. Remove one of the two." },
        { Least + "seed: &a 1", "line 2: the anchor &a is not supported." },
        { Least + "seed: *a", "line 2: the alias *a is not supported." },
        { Least + "seed: !!int 1", "line 2: the tag 'tag:yaml.org,2002:int' is not supported." },
        { Least + "---\nseed: 1", "line 2: a second YAML document starts here. Keep one document per file." },
        { Least + "seed: [1", "this is not valid YAML (" },
        { "backbone:\n\tpath: /b", "line 2: this is not valid YAML (" },
        { Least + "seed: 1\0", "line 2: the character U+0000 is not allowed in YAML." },
        { "backbone: {path: \"a\\0b\"}", "line 1: the text holds the character U+0000 as an escape. Remove it." },
        { Least + "? [a]\n: 1", "line 1: a key of this mapping is not a word." },
        { Least + "seed: " + new string('[', 100_000), "line 2: nesting is deeper than 32 levels. Flatten the file." },
        {
            Least + string.Concat(Enumerable.Range(0, 5000).Select(i => new string(' ', i) + "a:\n")),
            "nesting is deeper than 32 levels."
        },
    };

    public static TheoryData<string, string> Options => new()
    {
        {
            "router.top_kk=2",
            "--set router.top_kk=2: router.top_kk is not a known key; the nearest is router.top_k. Write "
            + "router.top_k, or remove it."
        },
        { "router.top_k", "--set router.top_k: router.top_k has no value. Write --set router.top_k=VALUE." },
        { "router=mor", "--set router=mor: router is a group of keys, not a key. Its keys are router.kind," },
        { "router.top_k=two", "--set router.top_k=two: router.top_k is 'two', expected a whole number." },
        { "router.top_k=99999", "--set router.top_k=99999: router.top_k is '99999', allowed is 1..1024." },
        { "router.top_k=9", "--set router.top_k=9: router.top_k 9 > 8, the smallest of experts.count 8" },
        { "experts.count=[2,", "--set experts.count=[2,: this is not valid YAML (" },
        { "training.steps=", "--set training.steps=: training.steps is empty, expected a whole number." },
        { "=1", "--set =1: " },
        { "data.folder=a\0b", "the value holds the character U+0000." },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_bad_file_is_refused_with_the_reason(string text, string expected)
    {
        var error = Assert.Throws<InputException>(() => Recipe.Parse("r.yaml", text, []));
        Assert.StartsWith("r.yaml: ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(expected, StringComparison.Ordinal), error.Message);
        Assert.EndsWith(".", error.NextStep, StringComparison.Ordinal);
        Assert.Equal(2, error.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void A_bad_override_is_refused_with_the_reason(string option, string expected)
    {
        var error = Assert.Throws<InputException>(() => Recipe.Parse("r.yaml", Least, [option]));
        Assert.Equal($"--set {option}", error.Subject);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_reported_at_once_in_the_order_of_the_file_one_line_each()
    {
        var text = "router:\n  top_k: x\n  knd: mor\nseed: -1\nseed: 3\n";
        var error = Assert.Throws<InputException>(() => Recipe.Parse("r.yaml", text, ["training.stops=1"]));
        var lines = error.Message.Split('\n');
        Assert.Equal(6, lines.Length);
        string[] expected =
        [
            "r.yaml: line 2: router.top_k is 'x', expected a whole number.",
            "r.yaml: line 3: router.knd is not a known key; the nearest is router.kind.",
            "r.yaml: line 4: seed is '-1', allowed is 0..9223372036854775807.",
            "r.yaml: line 5: the key 'seed' was already given on line 4.",
            "--set training.stops=1: training.stops is not a known key; the nearest is training.steps.",
            "r.yaml: backbone.path is required and not given.",
        ];
        Assert.All(lines.Zip(expected), pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
    }

    [Fact]
    public void A_thousand_problems_are_twenty_lines_and_a_count()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"wrong{i}: 1\n"));
        var error = Assert.Throws<InputException>(() => Recipe.Parse("r.yaml", text, []));
        Assert.Equal(21, error.Message.Split('\n').Length);
        Assert.EndsWith("r.yaml: 981 more problems. Correct these first.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_a_folder_a_large_file_and_bytes_that_are_not_text_are_refused()
    {
        var folder = Directory.CreateTempSubdirectory("mor-recipe-");
        try
        {
            var path = Path.Join(folder.FullName, "r.yaml");
            AssertRefused(path, "the file does not exist. Check the path.");
            AssertRefused(folder.FullName, "this is a folder, expected a file.");
            File.WriteAllText(path, new string('#', 1_048_577));
            AssertRefused(path, "the file is larger than 1048576 bytes.");
            File.WriteAllBytes(path, [(byte)'a', 0xC3, 0x28]);
            AssertRefused(path, "byte 1 is not UTF-8 text. Save the file as UTF-8.");
            File.WriteAllText(path, "\uFEFF" + Least);
            Assert.Equal("/b", Recipe.Load(path, []).Backbone.Path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Folders_that_are_not_there_are_named_with_their_keys()
    {
        var recipe = Recipe.Parse("r.yaml", Least, ["backbone.path=/no/such", "data.folder=/dev/null"]);
        var error = Assert.Throws<InputException>(() => RecipeFolders.Require(recipe));
        Assert.Equal(
            "backbone.path: '/no/such' does not exist. "
            + "Give the folder with --set backbone.path=FOLDER or in the recipe.\n"
            + "data.folder: '/dev/null' is a file, expected a folder. "
            + "Give the folder with --set data.folder=FOLDER or in the recipe.",
            error.Message);
        RecipeFolders.Require(Recipe.Parse("r.yaml", Least, ["backbone.path=/"]));
    }

    private static void AssertRefused(string path, string expected)
    {
        var error = Assert.Throws<InputException>(() => Recipe.Load(path, []));
        Assert.StartsWith($"{path}: {expected}", error.Message, StringComparison.Ordinal);
    }
}
