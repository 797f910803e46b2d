using MoR.Coordinator.Configuration.Reading;
using MoR.Coordinator.Skills;
using Keys = MoR.Coordinator.Configuration.TaskKeys;

namespace MoR.Coordinator.Configuration;

/// <summary>What <c>format: skill</c> requires: a skill, and splits that are ranges of its items.</summary>
internal static class SkillChecks
{
    public static void CheckAll(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        if (!reader.AreGood(Keys.Format, Keys.Skill))
        {
            return;
        }

        if (task.Skill is null)
        {
            if (task.IsSkill)
            {
                reader.RefuseMissing(Keys.Skill, "is not given, and format skill needs it");
            }

            return;
        }

        if (!task.IsSkill)
        {
            reader.Refuse(
                $"skill is given, and format is {Keys.Format.Kind.Write(task.Format)}",
                "Set format to skill, or remove skill.",
                Keys.Skill);
            return;
        }

        foreach (var (key, texts) in new[]
        {
            (Keys.Train, task.Splits.Train), (Keys.Dev, task.Splits.Dev), (Keys.Test, task.Splits.Test),
        })
        {
            foreach (var text in texts.Where(text => ItemRange.TryParse(text) is null))
            {
                reader.Refuse(
                    $"{key.Path} is {Quoted.Text(text)}, expected items of the skill as FIRST..LAST, counted from 0 and at most "
                    + $"{ItemRange.MostPlace}",
                    "Write a range such as 200..1699.",
                    key);
            }
        }

        CheckDisjoint(task, reader);
    }

    private static void CheckDisjoint(TaskDefinition task, KeyReader<TaskDefinition> reader)
    {
        var train = task.Splits.Train.Select(ItemRange.TryParse).OfType<ItemRange>().ToList();
        foreach (var range in task.Splits.Dev.Concat(task.Splits.Test).Select(ItemRange.TryParse).OfType<ItemRange>())
        {
            if (train.Exists(range.Overlaps))
            {
                reader.Refuse(
                    $"items {range} are evaluated, and some of them are in splits.train ({string.Join(", ", train)}) too",
                    "Give ranges that do not overlap.",
                    Keys.Train);
            }
        }
    }
}
