using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

/// <summary>The shipped task files over the real data sets, where these are present.</summary>
public sealed class SharedDataTests
{
    private static readonly TaskDefinition Rte = Shipped("rte");
    private static readonly TaskDefinition Cola = Shipped("cola");
    private static readonly TaskDefinition ArcEasy = Shipped("arc_easy");

    [SkippableFact]
    public void Rte_has_its_published_sizes_and_labels()
    {
        TaskData data = TaskData.Load(Rte, TestData.Require("tasks"));

        Assert.Equal((2490, 277, 0), (data.Train.Length, data.Evaluation.Length, data.SeenDropped));
        Assert.Equal([1249, 1241], data.TrainClasses.Select(count => count.Count));
        Assert.Equal(146.0 / 277, data.MajorityBaseline);
        Assert.Contains("No Weapons of Mass Destruction Found in Iraq Yet.", data.Train[0].Prompt);
    }

    // The joint dev.tsv spells some sentences differently from the two files that it was joined from, and two of those
    // occur in training.
    [SkippableTheory]
    [InlineData(new[] { "CoLA/in_domain_dev.tsv", "CoLA/out_of_domain_dev.tsv" }, 527 + 516, 18)]
    [InlineData(new[] { "CoLA/dev.tsv" }, 1043, 16)]
    public void Cola_drops_the_sentences_that_it_trains_on(string[] files, int items, int seen)
    {
        TaskDefinition task = Cola with { Splits = Cola.Splits with { Dev = [.. files] } };

        TaskData data = TaskData.Load(task, TestData.Require("tasks"));

        Assert.Equal((8551, items - seen, seen), (data.Train.Length, data.Evaluation.Length, data.SeenDropped));
        Assert.Equal([2528, 6023], data.TrainClasses.Select(count => count.Count));
    }

    [SkippableFact]
    public void Arc_easy_finds_three_to_five_choices_and_a_right_one_in_every_item()
    {
        TaskData data = TaskData.Load(ArcEasy, TestData.Require("tasks"));

        Assert.Equal((2251, 2374, 2), (data.Train.Length, data.Evaluation.Length, data.SeenDropped));
        Assert.Equal([6, 2241, 4], data.Train.CountBy(item => item.Choices.Length).OrderBy(pair => pair.Key)
            .Select(pair => pair.Value));
        Assert.Equal("answer2", data.Train[0].Choices[data.Train[0].Label]);
        Assert.Equal([548, 588, 578, 535, 2], data.TrainClasses.Select(count => count.Count));
    }

    [SkippableFact]
    public void Every_real_item_becomes_a_sequence_whose_answer_is_whole()
    {
        string folder = TestData.Require("tasks");
        var encoder = new CharacterEncoder();
        var sequences = new SequenceEncoder(encoder, maxTokens: 256);
        TaskData[] tasks = [.. new[] { Rte, Cola, ArcEasy }.Select(task => TaskData.Load(task, folder))];

        TrainingSet set = TrainingSet.Build(tasks, sequences);

        TaskItem[] items = [.. tasks.SelectMany(task => task.Train)];
        Assert.Equal(items.Length, set.Sequences.Length);
        for (int i = 0; i < items.Length; i++)
        {
            TrainingSequence sequence = set.Sequences[i];
            Assert.True(sequence.Tokens.Length <= 256);
            Assert.Equal(items[i].Completion + "</s>", encoder.Decode(sequence.Tokens[sequence.PromptLength..]));
        }

        Assert.All(set.Truncation, entry => Assert.InRange(entry.Report.TruncatedItems, 1, entry.Report.Items - 1));
    }

    private static TaskDefinition Shipped(string name) =>
        TaskDefinition.Load(Path.Combine(TestData.RepositoryRoot(), "tasks", $"{name}.yaml"));
}
