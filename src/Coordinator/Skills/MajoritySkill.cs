using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>The most frequent of three letters in a word: <c>xgxuuggxg</c> gives <c>g</c>. There is always one.</summary>
public sealed class MajoritySkill : ISkill
{
    /// <inheritdoc/>
    public string Name => "majority";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var letters = random.NextDistinctLetters(3);
        while (true)
        {
            var word = new char[random.NextFrom(5, 9)];
            for (var i = 0; i < word.Length; i++)
            {
                word[i] = random.NextOf(letters.AsSpan());
            }

            var counts = letters.Select(letter => word.Count(other => other == letter)).ToArray();
            if (counts.Count(count => count == counts.Max()) == 1)
            {
                return new SkillItem(new string(word), letters[Array.IndexOf(counts, counts.Max())].ToString());
            }
        }
    }
}
