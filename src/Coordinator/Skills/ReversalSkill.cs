using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>The letters of a word from last to first: <c>kfcdh</c> gives <c>hdcfk</c>.</summary>
public sealed class ReversalSkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "reversal";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var word = random.NextWord(3, 6);
        var reversed = string.Concat(word.Reverse());
        return new SkillItem(word, reversed) { Fact = string.CompareOrdinal(word, reversed) < 0 ? word : reversed };
    }
}
