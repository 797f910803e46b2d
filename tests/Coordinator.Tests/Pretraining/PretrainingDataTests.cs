using MoR.Coordinator.Configuration.Pretraining;
using MoR.Coordinator.Pretraining;
using MoR.Coordinator.Tests.Data;

namespace MoR.Coordinator.Tests.Pretraining;

public sealed class PretrainingDataTests : IDisposable
{
    private const int MaxTokens = 16;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-pretrain-");
    private readonly CharacterEncoder _text = new();

    [Fact]
    public void A_step_has_the_same_sequences_whatever_was_asked_before()
    {
        var recipe = Recipe("data.corpora=[counting]");
        var forwards = Load(recipe);
        var backwards = Load(recipe);
        var expected = Enumerable.Range(1, 6).Select(step => forwards.Sequences(step)).ToArray();

        foreach (var step in Enumerable.Range(1, 6).Reverse())
        {
            Assert.Equal(expected[step - 1], backwards.Sequences(step));
        }

        Assert.NotEqual(expected[0], Load(Recipe("data.corpora=[counting]", "seed=7")).Sequences(1));
    }

    [Fact]
    public void An_epoch_of_files_has_every_training_window_once_and_no_validation_window()
    {
        var data = Load(Recipe("data.validation_fraction=0.25", "training.batch_sequences=3"));
        var windows = Windows();
        var kept = Assert.Single(data.Validation);

        var drawn = Enumerable.Range(1, 5).SelectMany(step => data.Sequences(step)).ToArray();
        Assert.Equal(20, windows.Length);
        Assert.Equal(Sorted(windows[..15]), Sorted(drawn));
        Assert.Equal(Sorted(windows[15..]), Sorted(kept.Sequences));
        Assert.NotEqual(drawn, Enumerable.Range(6, 5).SelectMany(step => data.Sequences(step)));
    }

    [Fact]
    public void Sources_share_the_sequences_by_their_weights()
    {
        var data = Load(Recipe("data.corpora=[counting]", "data.weights=[1, 3]", "training.batch_sequences=8"));
        var files = Windows().Select(Text).ToHashSet();

        var fromFiles = Enumerable.Range(1, 50).SelectMany(step => data.Sequences(step)).Count(s => files.Contains(Text(s)));

        Assert.Equal(100, fromFiles);
    }

    [Fact]
    public void Documents_of_a_corpus_end_and_are_cut_and_validation_has_its_own()
    {
        var data = Load(Recipe("data.files=[]", "data.corpora=counting", "data.max_tokens=40", "evaluation.max_sequences=50"));
        var training = Enumerable.Range(1, 10).SelectMany(step => data.Sequences(step)).ToArray();

        Assert.All(training, sequence => Assert.InRange(sequence.Length, 2, 40));
        Assert.All(training, sequence => Assert.True(sequence.Length == 40 || sequence[^1] == _text.EndOfText));
        Assert.Contains(training, sequence => sequence.Length < 40);
        var validation = Assert.Single(data.Validation).Sequences;
        Assert.Equal(50, validation.Count);
        Assert.DoesNotContain(Text(training[0]), validation.Select(Text));
    }

    [Fact]
    public void Micro_batches_hold_all_sequences_of_the_step_and_about_equally_many_tokens()
    {
        var data = Load(Recipe(
            "data.files=[]", "data.corpora=counting", "data.max_tokens=100", "training.batch_sequences=30",
            "training.micro_batch_sequences=8"));

        var batches = data.MicroBatches(3);

        Assert.Equal(4, batches.Length);
        Assert.All(batches, batch => Assert.InRange(batch.Sequences, 1, 8));
        Assert.Equal(data.Sequences(3).Sum(sequence => sequence.Length - 1), batches.Sum(batch => batch.Tokens.Length));
        var tokens = batches.Select(batch => batch.Tokens.Length).ToArray();
        Assert.True(tokens.Max() <= 1.2 * tokens.Min(), string.Join(", ", tokens));
    }

    [Fact]
    public void A_text_of_one_window_is_trained_on_and_nothing_is_kept()
    {
        File.WriteAllText(Path.Join(_folder.FullName, "text.txt"), "short");
        var data = Load(Recipe());

        Assert.Empty(data.Validation);
        int[] whole = [_text.Beginning!.Value, .. "short".Select(c => (int)c), _text.EndOfText!.Value];
        Assert.Equal(whole, data.Sequences(1)[0]);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Text(int[] sequence) => string.Join(' ', sequence);

    private static IEnumerable<string> Sorted(IEnumerable<int[]> sequences) => sequences.Select(Text).Order(StringComparer.Ordinal);

    private PretrainingData Load(PretrainingRecipe recipe) => PretrainingData.Load(recipe, _text);

    /// <summary>The windows of the text, cut here in another way.</summary>
    private int[][] Windows()
    {
        int[] tokens = [.. _text.Encode(File.ReadAllText(Path.Join(_folder.FullName, "text.txt")), true), _text.EndOfText!.Value];
        return [.. Enumerable.Range(0, (tokens.Length + MaxTokens - 1) / MaxTokens)
            .Select(i => tokens[(i * MaxTokens)..Math.Min(tokens.Length, (i + 1) * MaxTokens)])];
    }

    /// <summary>On a text of 20 windows, unless there is one already.</summary>
    private PretrainingRecipe Recipe(params string[] overrides)
    {
        var text = Path.Join(_folder.FullName, "text.txt");
        if (!File.Exists(text))
        {
            File.WriteAllText(text, string.Concat(Enumerable.Range(0, 310).Select(i => (char)('a' + (i * i % 23)))));
        }

        return PretrainingRecipe.Parse(Path.Join(_folder.FullName, "recipe.yaml"), $$"""
            tokenizer: {path: none.json}
            data: {files: [text.txt], max_tokens: {{MaxTokens}} }
            """, overrides);
    }
}
