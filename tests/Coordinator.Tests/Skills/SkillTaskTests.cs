using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Data;
using MoR.Coordinator.Tests.Configuration;

namespace MoR.Coordinator.Tests.Skills;

public sealed class SkillTaskTests
{
    private const string Good = """
        name: t
        format: skill
        skill: sorting
        splits: {test: 0..9, train: 10..29}
        prompt: "sort {question} ="
        completion: " {answer}"
        """;

    [Fact]
    public void The_demo_has_ten_skills_whose_test_items_are_not_trained_on()
    {
        var recipe = Recipe.Load(Path.Join(TestFolders.Recipes, "demo.yaml"), []);
        var tasks = TaskCatalogue.Load(recipe).Select(task => TaskData.Load(task, recipe.Data.Folder)).ToList();

        Assert.Equal(10, tasks.Count);
        Assert.All(tasks, task =>
        {
            Assert.Equal(task.Definition.Name, task.Definition.Skill);
            Assert.Equal((1500, 100, 0), (task.Train.Length, task.Evaluation.Length, task.SeenDropped));
            Assert.Empty(task.Train.Select(item => item.Prompt).Intersect(task.Evaluation.Select(item => item.Prompt)));
        });
    }

    [Fact]
    public void Nothing_that_the_demo_tests_is_trained_on_the_other_way_round()
    {
        var recipe = Recipe.Load(Path.Join(TestFolders.Recipes, "demo.yaml"), []);
        var tasks = TaskCatalogue.Load(recipe).Select(task => TaskData.Load(task, recipe.Data.Folder)).ToList();

        var trained = tasks.SelectMany(task => task.Train).Select(Facts).ToHashSet(StringComparer.Ordinal);

        Assert.All(tasks.SelectMany(task => task.Evaluation), item => Assert.DoesNotContain(Facts(item), trained));

        // Question and answer in either order (reversal, and the two translations), and the numbers of a sum in either order.
        static string Facts(TaskItem item)
        {
            var question = item.Prompt[(item.Prompt.IndexOf(' ', StringComparison.Ordinal) + 1)..^" =".Length];
            var verb = item.Prompt.Split(' ')[0].Replace("untranslate", "translate", StringComparison.Ordinal);
            var asked = verb == "add" ? string.Join(' ', question.Split(' ').Order(StringComparer.Ordinal)) : question;
            return verb + string.Join('|', ((string[])[asked, item.Completion.Trim()]).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Items_of_a_range_become_prompt_and_completion()
    {
        var task = TaskData.Load(TaskDefinition.Parse("t.yaml", Good), null);

        Assert.Equal((20, 10), (task.Train.Length, task.Evaluation.Length));
        var item = task.Train[0];
        Assert.Equal(" " + string.Concat(item.Prompt["sort ".Length..^" =".Length].Order()), item.Completion);
    }

    [Theory]
    [InlineData("skill: sorting\n", "", "t.yaml: skill is not given, and format skill needs it")]
    [InlineData("sorting", "sorteng", "skill is 'sorteng'")]
    [InlineData("format: skill", "format: tsv", "skill is given, and format is tsv")]
    [InlineData("10..29", "29..10", "splits.train is '29..10', expected items of the skill as FIRST..LAST")]
    [InlineData("10..29", "items.tsv", "splits.train is 'items.tsv', expected items of the skill as FIRST..LAST")]
    [InlineData("10..29", "5..29", "items 0..9 are evaluated, and some of them are in splits.train (5..29) too")]
    public void A_wrong_task_of_a_skill_is_refused(string from, string to, string message)
    {
        var text = Good.Replace(from, to, StringComparison.Ordinal);

        var error = Assert.Throws<InputException>(() => TaskDefinition.Parse("t.yaml", text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_that_a_skill_does_not_have_are_refused_with_how_many_there_are()
    {
        var text = Good.Replace("sorting", "addition").Replace("10..29", "10..1810");

        var error = Assert.Throws<InputException>(() => TaskData.Load(TaskDefinition.Parse("t.yaml", text), null));

        Assert.Contains("it has 1810 different ones", error.Message, StringComparison.Ordinal);
        Assert.Contains("1809", error.NextStep, StringComparison.Ordinal);
    }
}
