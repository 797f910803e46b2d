using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>Key-value look-up: <c>m8 w3 d0 : w</c> gives <c>3</c>.</summary>
public sealed class LookUpSkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "look-up";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var keys = random.NextDistinctLetters(random.NextFrom(3, 6));
        var values = new int[keys.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextBelow(10);
        }

        var asked = random.NextBelow(keys.Length);
        return new SkillItem(
            $"{string.Join(' ', keys.Zip(values, (key, value) => $"{key}{value}"))} : {keys[asked]}", $"{values[asked]}");
    }
}
