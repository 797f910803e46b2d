using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>Date arithmetic: <c>27 feb + 3</c> gives <c>2 mar</c>, in a year of 365 days.</summary>
public sealed class DateSkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "date-arithmetic";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var (day, later) = (random.NextDay(), random.NextFrom(1, 9));
        return new SkillItem($"{Calendar.NameOf(day)} + {later}", Calendar.NameOf(day + later));
    }
}
