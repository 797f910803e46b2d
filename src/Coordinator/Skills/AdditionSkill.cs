using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>Arithmetic: a number below 100 and one from 1 to 20, such as <c>57 8</c>, are added.</summary>
public sealed class AdditionSkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "addition";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var (left, right) = (random.NextFrom(0, 99), random.NextFrom(1, 20));
        return new SkillItem($"{left} {right}", $"{left + right}")
        {
            Fact = $"{Math.Min(left, right)} {Math.Max(left, right)}",
        };
    }
}
