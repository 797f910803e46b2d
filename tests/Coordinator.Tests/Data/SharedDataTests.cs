using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

/// <summary>Over the real data sets, where they are present.</summary>
public sealed class SharedDataTests
{
    [SkippableFact]
    public void Rte_has_its_published_sizes_and_labels()
    {
        TaskData data = TaskData.Load(TaskDefinitions.Rte, TestData.Require("tasks"));

        Assert.Equal((2490, 277, 0), (data.Train.Length, data.Evaluation.Length, data.SeenDropped));
        Assert.Equal([new ClassCount("True", 1249), new ClassCount("False", 1241)], data.TrainClasses.AsEnumerable());
        Assert.Equal(146.0 / 277, data.MajorityBaseline);
        Assert.Equal(
            "No Weapons of Mass Destruction Found in Iraq Yet.\n"
            + "Question: Weapons of Mass Destruction Found in Iraq. True or False?\nAnswer:",
            data.Train[0].Prompt);
    }

    // The joint dev.tsv spells some sentences differently from the two files that it was joined from, and two of those
    // occur in training.
    [SkippableTheory]
    [InlineData("dev", 527 + 516, 18)]
    [InlineData("test", 1043, 16)]
    public void Cola_drops_the_sentences_that_it_trains_on(string split, int items, int seen)
    {
        TaskData data = TaskData.Load(TaskDefinitions.Cola with { EvaluateOn = split }, TestData.Require("tasks"));

        Assert.Equal((8551, items - seen, seen), (data.Train.Length, data.Evaluation.Length, data.SeenDropped));
        Assert.Equal(2, data.TrainClasses.Length);
    }

    [SkippableFact]
    public void Arc_easy_finds_three_to_five_choices_and_a_right_one_in_every_item()
    {
        TaskData data = TaskData.Load(TaskDefinitions.ArcEasy, TestData.Require("tasks"));

        Assert.Equal((2251, 2374, 2), (data.Train.Length, data.Evaluation.Length, data.SeenDropped));
        Assert.Equal([6, 2241, 4], data.Train.CountBy(item => item.Choices.Length).OrderBy(pair => pair.Key)
            .Select(pair => pair.Value));
        Assert.Equal("the correct answer is answer2", data.Train[0].Completion);
        Assert.Equal([548, 588, 578, 535, 2], data.TrainClasses.Select(count => count.Count));
    }

    [SkippableFact]
    public void Every_real_item_becomes_a_sequence_whose_answer_is_whole()
    {
        string folder = TestData.Require("tasks");
        var encoder = new CharacterEncoder();
        var sequences = new SequenceEncoder(encoder, maxTokens: 256);
        TaskData[] tasks =
        [
            .. new[] { TaskDefinitions.Rte, TaskDefinitions.Cola, TaskDefinitions.ArcEasy }
                .Select(task => TaskData.Load(task, folder)),
        ];

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
}
