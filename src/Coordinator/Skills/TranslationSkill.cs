using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>Translation of a sentence of three to five words into the toy language, or from it.</summary>
public sealed class TranslationSkill(bool toToy) : ISkill
{
    /// <inheritdoc/>
    public string Name => toToy ? "translation-to-toy" : "translation-to-english";

    /// <inheritdoc/>
    public string Source => "translation";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var (english, toy) = random.NextSentence();
        return (toToy ? new SkillItem(english, toy) : new SkillItem(toy, english)) with { Fact = english };
    }
}
