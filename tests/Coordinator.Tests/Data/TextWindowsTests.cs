using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Tests.Data;

public sealed class TextWindowsTests
{
    private static readonly TaskDefinition Text = TaskDefinition.Parse(
        "/t.yaml", "name: t\nformat: text\nsplits: {train: [a.txt, b.txt], dev: c.txt}");

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 2)]
    [InlineData(2, 4)]
    [InlineData(7, 4)]
    [InlineData(8, 4)]
    [InlineData(100, 9)]
    public void Every_token_but_the_first_is_predicted_once(int count, int length)
    {
        int[] tokens = [.. Enumerable.Range(0, count)];

        int[][] windows = [.. TextWindows.Cut(tokens, length)];

        Assert.Equal(tokens.Skip(1), windows.SelectMany(window => window.Skip(1)));
        Assert.All(windows, window => Assert.InRange(window.Length, 2, length));
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.Equal(pair.First[^1], pair.Second[0]));
    }

    [Fact]
    public void The_texts_of_a_split_are_trained_on_window_by_window_up_to_the_most()
    {
        var encoder = new CharacterEncoder();
        var sequences = new SequenceEncoder(encoder, 4);

        TrainingSet all = TrainingSet.Build([Load(null)], sequences);
        TrainingSet two = TrainingSet.Build([Load(2)], sequences);

        Assert.Equal(["<s>abc", "cde", "<s>xy"], all.Sequences.Select(sequence => encoder.Decode(sequence.Tokens)));
        Assert.Equal([1, 1, 1], all.Sequences.Select(sequence => sequence.PromptLength));
        Assert.Equal([0, 1, 2], all.Sequences.Select(sequence => sequence.ItemId));
        Assert.Equal(5 + 2, all.SupervisedTokens);
        Assert.Equal(["<s>abc", "cde"], two.Sequences.Select(sequence => encoder.Decode(sequence.Tokens)));
    }

    [Fact]
    public void A_sample_of_the_windows_is_evaluated()
    {
        TaskData data = Load(null);
        var encoder = new SequenceEncoder(new CharacterEncoder(), 3);

        Assert.Equal(10, new EvaluationTask(data, encoder, maxItems: 0, seed: 1).Count);
        var task = new EvaluationTask(data, encoder, maxItems: 4, seed: 1);
        Assert.Equal((4, 4, 0), (task.Count, task.Sequences.Length, task.Items.Length));
        Assert.NotEqual(
            task.Sequences.Select(window => window.ItemId),
            new EvaluationTask(data, encoder, maxItems: 4, seed: 2).Sequences.Select(window => window.ItemId));
    }

    [Fact]
    public void A_text_of_one_token_is_refused()
    {
        var files = new MemoryFiles().Add("/data/a.txt", "a").Add("/data/b.txt", "b").Add("/data/c.txt", "c");
        TaskData data = TaskData.Load(Text, "/data", open: files.Open);

        InputException error = Assert.Throws<InputException>(() => TrainingSet.Build(
            [data], new SequenceEncoder(new CharacterEncoder { Beginning = null }, 4)));

        Assert.Contains("/data/a.txt, line 1: the text has 1 tokens, and at least 2", error.Message, StringComparison.Ordinal);
    }

    private static TaskData Load(int? maxTrainItems)
    {
        MemoryFiles files = new MemoryFiles()
            .Add("/data/a.txt", "abcde").Add("/data/b.txt", "xy").Add("/data/c.txt", new string('z', 20));
        return TaskData.Load(Text, "/data", maxTrainItems, files.Open);
    }
}
