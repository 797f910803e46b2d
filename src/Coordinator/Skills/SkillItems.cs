using System.Collections.Immutable;
using MoR.Cluster.Random;
using MoR.Model.Parameters;

namespace MoR.Coordinator.Skills;

/// <summary>
/// The items of a skill, in a fixed order and without a fact twice, so that sets cut from them are disjoint. They do
/// not depend on a run's seed: every run of a task sees the same ones.
/// </summary>
public static class SkillItems
{
    private const ulong Stream = 0x736B696C6C697465; // "skillite", followed by the source's name and the draw's number
    private const int MostDrawsInVain = 10_000;

    /// <summary>The first <paramref name="count"/> items; fewer if thousands of draws in a row bring nothing new.</summary>
    public static ImmutableArray<SkillItem> Take(ISkill skill, int count)
    {
        var items = ImmutableArray.CreateBuilder<SkillItem>();
        var facts = new HashSet<string>(StringComparer.Ordinal);
        var inVain = 0;
        for (var draw = 0UL; items.Count < count && inVain < MostDrawsInVain; draw++)
        {
            var item = skill.Item(new CounterRandom(0, Stream, NameHash.Of(skill.Source), draw));
            if (facts.Add(item.Fact))
            {
                items.Add(item);
                inVain = 0;
            }
            else
            {
                inVain++;
            }
        }

        return items.ToImmutable();
    }
}
