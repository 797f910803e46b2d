using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>A generated task: endless items, each from random numbers of its own.</summary>
public interface ISkill
{
    /// <summary>What task files call it (<c>skill</c>): lower-case letters and dashes.</summary>
    string Name { get; }

    /// <summary>Whose random numbers it draws. Skills that ask about the same facts draw the same ones, so that where they are
    /// cut alike, none is trained on what another is tested on.</summary>
    string Source => Name;

    /// <summary>An item. The same random numbers give the same item.</summary>
    SkillItem Item(CounterRandom random);
}
