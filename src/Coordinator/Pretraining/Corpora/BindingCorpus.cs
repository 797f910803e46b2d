using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Letters that each keep their digit through a document, in changing order: <c>a7 b3 b3 a7 a7 b3</c>.</summary>
public sealed class BindingCorpus : ICorpus
{
    private const int Rounds = 3;

    /// <inheritdoc/>
    public string Name => "bindings";

    /// <inheritdoc/>
    public string Document(CounterRandom random)
    {
        var letters = random.NextDistinctLetters(random.NextFrom(3, 6));
        var pairs = new string[letters.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = $"{letters[i]}{random.NextBelow(10)}";
        }

        var text = new List<string>();
        var order = Enumerable.Range(0, pairs.Length).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            random.Shuffle(order);
            text.AddRange(order.Select(index => pairs[index]));
        }

        return string.Join(' ', text);
    }
}
