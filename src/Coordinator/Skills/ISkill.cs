using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>A generated task: endless items, each from random numbers of its own.</summary>
public interface ISkill
{
    /// <summary>What task files call it (<c>skill</c>): lower-case letters and dashes.</summary>
    string Name { get; }

    /// <summary>An item. The same random numbers give the same item.</summary>
    SkillItem Item(CounterRandom random);
}
