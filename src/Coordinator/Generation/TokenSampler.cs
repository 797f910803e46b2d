using MoR.Cluster.Random;

namespace MoR.Coordinator.Generation;

/// <summary>Chooses the next token from logits; a stream of its own per position, so a text can be continued anywhere.</summary>
public static class TokenSampler
{
    private const ulong Stream = 0x53414D50; // "SAMP"

    /// <summary>The next token.</summary>
    /// <param name="logits">One per token of the vocabulary.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="position">Position of the token to choose.</param>
    public static int Next(ReadOnlySpan<double> logits, SamplingOptions options, int position)
    {
        var best = 0;
        for (var token = 1; token < logits.Length; token++)
        {
            best = logits[token] > logits[best] ? token : best;
        }

        if (options.Temperature == 0)
        {
            return best;
        }

        var weights = new double[logits.Length];
        for (var token = 0; token < weights.Length; token++)
        {
            weights[token] = Math.Exp((logits[token] - logits[best]) / options.Temperature);
        }

        // OrderByDescending keeps the order of equals, so ties go to the lower token.
        var ordered = Enumerable.Range(0, weights.Length).OrderByDescending(token => weights[token]).ToArray();
        var mass = Kept(weights, ordered, options.TopP, out var count);
        var draw = new CounterRandom(options.Seed, Stream, (ulong)position).NextDouble() * mass;
        for (var i = 0; i < count; i++)
        {
            draw -= weights[ordered[i]];
            if (draw < 0)
            {
                return ordered[i];
            }
        }

        return ordered[count - 1];
    }

    /// <summary>The smallest set of likeliest tokens that holds the share <paramref name="topP"/>, and its mass.</summary>
    private static double Kept(double[] weights, int[] ordered, double topP, out int count)
    {
        var wanted = weights.Sum() * topP;
        var mass = 0.0;
        for (count = 0; count < ordered.Length && (count == 0 || mass < wanted); count++)
        {
            mass += weights[ordered[count]];
        }

        return mass;
    }
}
