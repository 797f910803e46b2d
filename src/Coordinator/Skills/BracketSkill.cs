using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>Bracket matching: what closes the brackets that are still open, <c>{[()&lt;</c> gives <c>&gt;]}</c>.</summary>
public sealed class BracketSkill : ISkill
{
    private const double CloseShare = 0.35;

    /// <inheritdoc/>
    public string Name => "bracket-matching";

    /// <inheritdoc/>
    public SkillItem Item(CounterRandom random)
    {
        var (text, open) = ("", new Stack<char>());
        for (var left = random.NextFrom(3, 8); left > 0 || open.Count == 0; left--)
        {
            if (open.Count > 0 && random.NextDouble() < CloseShare)
            {
                text += Brackets.Close(open.Pop());
            }
            else
            {
                open.Push(random.NextOf(Brackets.Opening.AsSpan()));
                text += open.Peek();
            }
        }

        return new SkillItem(text, string.Concat(open.Select(Brackets.Close)));
    }
}
