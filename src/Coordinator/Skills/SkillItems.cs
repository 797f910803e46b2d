using System.Collections.Immutable;
using MoR.Cluster.Random;
using MoR.Model.Parameters;

namespace MoR.Coordinator.Skills;

/// <summary>
/// The items of a skill, in a fixed order and without a question twice, so that sets cut from them are disjoint. They do
/// not depend on a run's seed: every run of a task sees the same ones.
/// </summary>
public static class SkillItems
{
    private const ulong Stream = 0x736B696C6C697465; // "skillite", followed by the skill's name and the draw's number
    private const int DrawsPerItem = 200;

    /// <summary>The first <paramref name="count"/> items.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The skill has fewer questions, as far as drawing them tells.</exception>
    public static ImmutableArray<SkillItem> Take(ISkill skill, int count)
    {
        var items = ImmutableArray.CreateBuilder<SkillItem>(count);
        var questions = new HashSet<string>(StringComparer.Ordinal);
        for (var draw = 0L; items.Count < count; draw++)
        {
            if (draw > (long)DrawsPerItem * count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(count), count, $"skill {skill.Name} has about {items.Count} different items");
            }

            var item = skill.Item(new CounterRandom(0, Stream, NameHash.Of(skill.Name), (ulong)draw));
            if (questions.Add(item.Question))
            {
                items.Add(item);
            }
        }

        return items.MoveToImmutable();
    }
}
