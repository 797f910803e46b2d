using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>String rewriting: every vowel is written twice, <c>buag</c> gives <c>buuaag</c>.</summary>
public sealed class RewritingSkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "rewriting";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var word = random.NextWord(3, 6);
        return new SkillItem(word, string.Concat(word.Select(letter => "aeiou".Contains(letter, StringComparison.Ordinal)
            ? new string(letter, 2)
            : letter.ToString())));
    }
}
