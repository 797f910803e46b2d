using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Balanced brackets of four kinds, nested to any depth: <c>([]{&lt;&gt;})()</c>.</summary>
public sealed class BracketCorpus : ICorpus
{
    private const double CloseShare = 0.45;

    /// <inheritdoc/>
    public string Name => "brackets";

    /// <inheritdoc/>
    public string Document(CounterRandom random) => Lines.Of(ref random, 1, 4, Balanced);

    private static string Balanced(ref CounterRandom random)
    {
        var (length, text, open) = (random.NextFrom(4, 16), "", new Stack<char>());
        while (text.Length < length || open.Count > 0)
        {
            if (open.Count > 0 && (text.Length >= length || random.NextDouble() < CloseShare))
            {
                text += Brackets.Close(open.Pop());
            }
            else
            {
                open.Push(random.NextOf(Brackets.Opening.AsSpan()));
                text += open.Peek();
            }
        }

        return text;
    }
}
