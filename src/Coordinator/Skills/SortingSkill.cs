using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>The letters of a word in alphabetical order: <c>ugkcp</c> gives <c>cgkpu</c>.</summary>
public sealed class SortingSkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "sorting";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var word = random.NextWord(3, 6);
        return new SkillItem(word, string.Concat(word.Order()));
    }
}
