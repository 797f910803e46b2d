using MoR.Cluster.Random;
using MoR.Coordinator.Skills;

namespace MoR.Coordinator.Pretraining.Corpora;

/// <summary>Documents of several lines of one kind.</summary>
internal static class Lines
{
    /// <summary>Writes one line.</summary>
    public delegate string Writer(ref CounterRandom random);

    /// <summary>Between <paramref name="least"/> and <paramref name="most"/> lines.</summary>
    public static string Of(ref CounterRandom random, int least, int most, Writer writer)
    {
        var lines = new string[random.NextFrom(least, most)];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = writer(ref random);
        }

        return string.Join('\n', lines);
    }
}
