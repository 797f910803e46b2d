using MoR.Cluster.Seams;
using MoR.Engine;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Models;

/// <summary>A run in one process, by the same engine, with nothing to wait for.</summary>
internal static class UndisturbedRun
{
    /// <summary>Hashes of the state after each step, from 0.</summary>
    /// <param name="training">The training, from its beginning; disposed of.</param>
    /// <param name="steps">Steps.</param>
    public static ulong[] Hashes(ITraining training, int steps)
    {
        using (training)
        {
            var (math, experts) = (new InlineExecutor(), training.InProcess());
            var next = training.Engine(math, experts, new NoExit(), epoch: 0, new MicroBatchRunner(math, experts));
            var hashes = new ulong[steps + 1];
            hashes[0] = training.Hash;
            for (var step = 1; step <= steps; step++)
            {
                // Nothing in it waits, so it has ended when it returns.
                var made = next(CancellationToken.None);
                hashes[step] = made.IsCompletedSuccessfully
                    ? training.Hash
                    : throw new InvalidOperationException("a step of the undisturbed run did not end at once", made.Exception);
            }

            return hashes;
        }
    }

    private sealed class NoExit : IFatalExit
    {
        public void Die(string reason, Exception cause) => throw new InvalidOperationException(reason, cause);
    }
}
