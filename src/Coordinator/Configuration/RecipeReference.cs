using System.Collections.Immutable;
using System.Text;
using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

/// <summary>The reference of recipe, task and plan keys, generated from the keys themselves.</summary>
public static class RecipeReference
{
    private const string Introduction = """
        # Recipes, task files and plans

        Generated from the keys in `src/Coordinator/Configuration`; a test compares. To write it anew, run the tests of
        the coordinator with `MOR_WRITE_DOCS=1`.

        A **recipe** is one YAML file that decides a run. It is checked whole before anything starts: a key that is not
        in this list, a value of another type or out of range, or keys that contradict each other are errors that name
        the file, the line, the key and what to do, all of them at once. What is left out has the default below, and the
        resolved recipe with every key is written to the run's folder.

        ```yaml
        # The first comment line is what `mor train` lists.
        backbone:
          path: ../models/llama
        data:
          folder: ../data/tasks
          tasks: [rte]
        router:
          kind: mor
          top_k: 2
        ```

        - `--set key=value` replaces one key, by its path: `--set router.top_k=1`, `--set experts.count=[2,4,6,8]`. The
          value is a YAML scalar or flow sequence; of two for one key the later counts.
        - Relative paths in a file start from the file's folder, and those in `--set` from the working directory; `~/`
          is the home folder.
        - Files are UTF-8 of at most 1 MiB, one YAML document each, at most 32 levels deep, without anchors, aliases and
          tags. `true` and `false` are the only truth values (YAML 1.2).


        """;

    private const string PretrainingIntroduction = """

        ## Pretraining recipes

        `mor pretrain` takes recipes of its own, by the same rules; those that come with the program are in
        `recipes/pretrain`. A recipe trains on text files, on generated corpora, or on both.

        ```yaml
        # The first comment line is what `mor pretrain` lists.
        model:
          hidden_size: 192
          layers: 4
        tokenizer:
          path: ../tokenizer.json
        data:
          files: [../books/one.txt, ../books/two.txt]
        ```

        """;

    private const string TaskIntroduction = """

        ## Task files

        A **task file** says where the items of a data set are, how an item becomes a prompt and a completion, and how
        it is scored; a new data set needs such a file and no code. The files of the `tasks` folder can be named without
        path and extension in `data.tasks`.

        A task either has choices (`choices`, or `choices_column`, or `choices_from` with `choices_pattern`) and a
        `label`, and is scored by the likelihood of each choice as a completion; or it has a `completion` only, and is
        scored by generation or by perplexity. The loss is taken on the completion's tokens. Or its `format` is text: the
        loss is taken on every token, in windows of `data.max_tokens` that begin with the last token of the one before,
        so that every token but a file's first is predicted once; `data.max_train_items` and `evaluation.max_items`
        count windows then.

        A **column** is a cell of a TSV row or a member of a JSON object. The members of an inner object are columns
        too, named by their path (`question.stem`), and a list of objects is one list per member
        (`question.choices.text`).

        With `chat: true` the backbone's own chat template is put around every item: `system`, if there is one, is the
        system message, `prompt` the user's, and the completion the assistant's. The loss is on what the assistant says
        and on the mark that ends it. Special tokens come from the template alone, and an item that is too long loses
        the start of the user's message.

        Placeholders are replaced by the item's cell as it is; what is inserted is never read as a template again.

        A data set that is found in several **forms** has them below `forms`, each with a name and the keys in which it
        differs; keys above count for every form that does not give them. The first form of which a file is there is
        read.

        ```yaml
        metric: accuracy
        forms:
          original:
            format: jsonl
            splits: {train: BoolQ/train.jsonl}
            # ...
          llm_adapters:
            format: json
            splits: {train: boolq/train.json}
            # ...
        ```


        """;

    private const string PlanIntroduction = """

        ## Comparison plans

        A **plan** is what `mor compare` runs: configurations of one recipe, each with the same seeds. The files of the
        `plans` folder can be named without path and extension.

        ```yaml
        # Does a mixture help, at equal trainable parameters?
        recipe: rte
        configurations:
          lora: {router: {kind: none}}
          topk: {router: {kind: topk}}
          mor-3: {router: {kind: mor, sub_routers: 3}}
        seeds: 1..5
        reference: topk
        match: {configuration: topk, tolerance: 0.01}
        training: {steps: 300}
        ```

        Beside the keys below, a plan may hold every key of a recipe but `name` and `seed`: it then counts for all
        configurations, above what the recipe says and below what a configuration says. `--set` takes both.

        With `match`, the ranks of a configuration differ by at most one between layers, higher ones first where the
        numbers of experts allow it. `experts.alpha` stays, so a product is scaled by alpha over its own rank.


        """;

    /// <summary>The text of <c>docs/RECIPES.md</c>.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder(Introduction);
        text.Append("## Keys\n");
        AppendGroups(text, RecipeKeys.All);
        text.Append(PretrainingIntroduction);
        AppendGroups(text, PretrainingKeys.All);
        text.Append(TaskIntroduction);
        text.Append("| key | meaning | values | default |\n|---|---|---|---|\n");
        foreach (var key in TaskKeys.All)
        {
            AppendRow(text, $"`{key.Path}`", key.Meaning, key.Expected, key.DefaultText);
        }

        text.Append(PlanIntroduction);
        text.Append("| key | meaning | unit | values | default | where the default comes from |\n|---|---|---|---|---|---|\n");
        foreach (var key in ComparisonPlanKeys.Own)
        {
            AppendRow(text, $"`{key.Path}`", key.Meaning, key.Unit, key.Expected, key.DefaultText, key.Source);
        }

        return text.ToString();
    }

    /// <summary>The recipe's keys as plain text for a terminal: two lines each.</summary>
    public static string Listing()
    {
        var text = new StringBuilder();
        foreach (var key in RecipeKeys.All)
        {
            var unit = key.Unit.Length == 0 ? "" : $" [{key.Unit}]";
            var source = key.Source.Length == 0 ? "" : $" ({key.Source})";
            text.Append($"{key.Path}{unit} = {key.DefaultText}{source}\n    {key.Meaning}; {key.Expected}\n");
        }

        return text.ToString();
    }

    private static void AppendGroups<TRecord>(StringBuilder text, ImmutableArray<ConfigKey<TRecord>> keys)
    {
        foreach (var group in Grouped(keys))
        {
            text.Append(group.Key.Length == 0 ? "\n### Run\n\n" : $"\n### {group.Key}\n\n");
            text.Append("| key | meaning | unit | values | default | where the default comes from |\n");
            text.Append("|---|---|---|---|---|---|\n");
            foreach (var key in group)
            {
                AppendRow(text, $"`{key.Path}`", key.Meaning, key.Unit, key.Expected, key.DefaultText, key.Source);
            }
        }
    }

    private static IEnumerable<IGrouping<string, ConfigKey<TRecord>>> Grouped<TRecord>(
        ImmutableArray<ConfigKey<TRecord>> keys) => keys.GroupBy(
            key => key.Path[..Math.Max(0, key.Path.IndexOf('.', StringComparison.Ordinal))],
            StringComparer.Ordinal);

    private static void AppendRow(StringBuilder text, params ReadOnlySpan<string> cells)
    {
        foreach (var cell in cells)
        {
            text.Append("| ").Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(' ');
        }

        text.Append("|\n");
    }
}
