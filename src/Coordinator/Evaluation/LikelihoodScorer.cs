using MoR.Engine;
using MoR.Model.Backbone;
using MoR.Model.Segments;

namespace MoR.Coordinator.Evaluation;

/// <summary>
/// Log-likelihoods of sequence tails, in packed batches of bounded size. Sequences that read the same input (choices of one
/// token) are read once.
/// </summary>
public sealed class LikelihoodScorer(AdaptedModel model, MicroBatchRunner runner, int window, Func<long> version)
{
    /// <summary>Tokens of a batch, unless a single sequence has more.</summary>
    public const int BatchTokens = 2048;

    /// <summary>Batches in flight where no recipe says another number.</summary>
    public const int DefaultWindow = 2;

    /// <summary>Σ log p over the tail of each sequence, in nats, in the order given.</summary>
    /// <param name="sequences">The sequences; each at least two tokens.</param>
    /// <param name="progress">Told how many are done.</param>
    /// <param name="cancel">Honoured between batches.</param>
    public async Task<double[]> ScoreAsync(
        IReadOnlyList<ScoredSequence> sequences, Action<int>? progress, CancellationToken cancel)
    {
        var scores = new double[sequences.Count];
        var inFlight = new Queue<Task<int>>();
        var done = 0;
        try
        {
            foreach (var batch in Batches(sequences))
            {
                if (inFlight.Count == window)
                {
                    await FinishOneAsync();
                }

                inFlight.Enqueue(ScoreBatchAsync(batch));
            }

            while (inFlight.Count > 0)
            {
                await FinishOneAsync();
            }
        }
        finally
        {
            // After a failure or a stop the caller may free the model: nothing may still be reading it.
            await Task.WhenAll(inFlight).ContinueWith(
                static ended => _ = ended.Exception, // which marks it as seen
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return scores;

        async Task FinishOneAsync()
        {
            done += await inFlight.Dequeue();
            progress?.Invoke(done);
        }

        async Task<int> ScoreBatchAsync(List<List<int>> groups)
        {
            cancel.ThrowIfCancellationRequested();
            var packed = PackedBatch.ForScoring(groups.ConvertAll(group => Reading(sequences, group)));
            using var microBatch = new LlamaMicroBatch(model, packed, MicroBatchContext.Inference(version()));
            await runner.ForwardAsync(microBatch, cancel);
            var row = 0;
            foreach (var sequence in groups.SelectMany(group => group))
            {
                var length = sequences[sequence].Tokens.Length - sequences[sequence].PromptLength;
                scores[sequence] = microBatch.Head.LogLikelihoods.Skip(row).Take(length).Sum();
                row += length;
            }

            return groups.Sum(group => group.Count);
        }
    }

    /// <summary>Groups of sequences that read the same, longest first, cut into batches.</summary>
    internal static IEnumerable<List<List<int>>> Batches(IReadOnlyList<ScoredSequence> sequences)
    {
        var groups = Enumerable.Range(0, sequences.Count)
            .GroupBy(index => sequences[index].InputKey, StringComparer.Ordinal)
            .Select(group => group.ToList())
            .OrderByDescending(group => sequences[group[0]].Tokens.Length)
            .ThenBy(group => group[0]);
        var batch = new List<List<int>>();
        var tokens = 0;
        foreach (var group in groups)
        {
            var length = sequences[group[0]].Tokens.Length;
            if (batch.Count > 0 && tokens + length > BatchTokens)
            {
                yield return batch;
                (batch, tokens) = ([], 0);
            }

            batch.Add(group);
            tokens += length;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static (int[] Input, IEnumerable<(int Position, int Target)> Predictions) Reading(
        IReadOnlyList<ScoredSequence> sequences, List<int> group) => (
        sequences[group[0]].Input.ToArray(),
        group.SelectMany(index => Enumerable
            .Range(sequences[index].PromptLength, sequences[index].Tokens.Length - sequences[index].PromptLength)
            .Select(position => (position - 1, sequences[index].Tokens[position]))));
}
