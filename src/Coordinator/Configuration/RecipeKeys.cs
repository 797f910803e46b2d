using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>Every key of a recipe: meaning, unit, range, default and where the default comes from.</summary>
public static partial class RecipeKeys
{
    /// <summary>Most steps, items and the like: large enough for any run, small enough that sums stay exact.</summary>
    private const int MostCount = 1_000_000_000;

    private const string MoLA = "MoLA's README";
    private const string OurChoice = "our choice";
    internal const string NameRule = "at most 100 of a-z, 0-9, '-', '_' and '.', the first a letter or digit";

    public static readonly ConfigKey<Recipe, string?> Name =
        new("name", new PlainText(100, rule: IsName, ruleText: NameRule), r => r.Name)
        {
            Meaning = "name of the run and its folder",
            DefaultInWords = "the file's name",
            Source = OurChoice,
        };

    public static readonly ConfigKey<Recipe, long> Seed =
        new("seed", new WholeNumber<long>(0, long.MaxValue), r => r.Seed)
        {
            Meaning = "seed of everything random",
            Default = 42,
            Source = OurChoice,
        };

    public static readonly ConfigKey<Recipe, string?> BackbonePath =
        new("backbone.path", new PathText(), r => r.Backbone.Path)
        {
            Meaning = "Hugging Face folder of the frozen backbone (config.json, *.safetensors, tokenizer.json)",
            IsRequired = true,
        };

    public static readonly ConfigKey<Recipe, RecipeDtype> BackboneDtype =
        new(
            "backbone.dtype",
            new Word<RecipeDtype>(
                ("f32", RecipeDtype.F32), ("bf16", RecipeDtype.BF16), ("f64", RecipeDtype.F64)),
            r => r.Backbone.Dtype)
        {
            Meaning = "what the backbone computes in; bf16 computes in f32 and keeps the matrices in 2 bytes per value "
                + "(BF16 and F16 files are used where they are mapped, wider ones are rounded to bfloat16); f64 is for "
                + "checking and several times slower",
            Default = RecipeDtype.F32,
            Source = OurChoice + ": placement invariance is stated for f32",
        };

    public static readonly ConfigKey<Recipe, string?> DataFolder =
        new("data.folder", new PathText(allowNull: true), r => r.Data.Folder)
        {
            Meaning = "folder that relative paths of task files start from; needed when data.tasks names a task of the "
                + "tasks folder (a task file given by path falls back to its own folder)",
            DefaultInWords = "null",
        };

    public static readonly ConfigKey<Recipe, ItemList<string>> DataTasks =
        new("data.tasks", new ListOf<string>(new TaskReference(), 0, 100, allowSingle: true), r => r.Data.Tasks)
        {
            Meaning = "tasks to train and evaluate on: names of files of the tasks folder without .yaml, or paths of "
                + "task files ending in .yaml",
            Default = [],
            Source = OurChoice,
        };

    public static readonly ConfigKey<Recipe, int> DataMaxTokens =
        new("data.max_tokens", new WholeNumber<int>(2, 1 << 20), r => r.Data.MaxTokens)
        {
            Meaning = "longest sequence, prompt and completion together; prompts are cut to fit, completions never",
            Unit = "tokens",
            Default = 256,
            Source = MoLA + " (cutoff 256)",
        };

    public static readonly ConfigKey<Recipe, int?> DataMaxTrainItems =
        new("data.max_train_items", new OrNull<int>(new WholeNumber<int>(1, MostCount)), r => r.Data.MaxTrainItems)
        {
            Meaning = "items used of each task's training split; null means all",
            Unit = "items",
            Default = null,
            Source = OurChoice,
        };

    /// <summary>Every key, in the order in which recipes are written.</summary>
    public static ImmutableArray<ConfigKey<Recipe>> All { get; } =
    [
        Name, Seed, BackbonePath, BackboneDtype, DataFolder, DataTasks, DataMaxTokens, DataMaxTrainItems,
        .. Model.All, .. Run.All, .. Cluster.All,
    ];

    internal static bool IsName(string text) =>
        text[0] is not ('-' or '_' or '.')
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');
}
