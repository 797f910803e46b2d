namespace MoR.Model.Backbone;

/// <summary>
/// Sequences laid end to end. There is no padding anywhere in the model, so padding cannot route, cost or count (law 5).
/// </summary>
public sealed class PackedBatch
{
    private PackedBatch(int[] tokens, int[] starts, int[] firstPositions, int[] rows, int[] targets, int[] promptLengths)
    {
        PromptLengths = promptLengths;
        Tokens = tokens;
        Starts = starts;
        FirstPositions = firstPositions;
        Rows = rows;
        Targets = targets;
    }

    /// <summary>Token ids of all sequences; [T].</summary>
    public int[] Tokens { get; }

    /// <summary>Where each sequence begins, and T at the end; [sequences + 1].</summary>
    public int[] Starts { get; }

    /// <summary>Position of each sequence's first token: what its key/value cache already holds; [sequences].</summary>
    public int[] FirstPositions { get; }

    /// <summary>Rows whose logits are wanted; [N].</summary>
    public int[] Rows { get; }

    /// <summary>The token to predict at each of <see cref="Rows"/>; [N], or empty when only logits are wanted.</summary>
    public int[] Targets { get; }

    /// <summary>Leading tokens of each sequence that are never predicted; [sequences].</summary>
    public int[] PromptLengths { get; }

    /// <summary>The task of each sequence, numbered in the recipe's order, for routers that ask; empty if unknown.</summary>
    public IReadOnlyList<int> TaskIds { get; init; } = [];

    /// <summary>Number of sequences.</summary>
    public int Sequences => Starts.Length - 1;

    /// <summary>
    /// Predicts, in every sequence, each token from position <c>PromptLength</c> on from what stands before it. The last
    /// token of a sequence is only ever a target.
    /// </summary>
    public static PackedBatch ForPrediction(
        IEnumerable<(int[] Tokens, int PromptLength)> sequences, IReadOnlyList<int>? taskIds = null) => ForScoring(
        sequences.Select(sequence =>
        {
            // None is left where the prompt is the whole sequence.
            var first = Math.Max(sequence.PromptLength, 1);
            return (sequence.Tokens[..^1], sequence.Tokens.Skip(first).Select((token, i) => (first - 1 + i, token)));
        }),
        taskIds);

    /// <summary>Predicts chosen tokens at chosen positions of each sequence; a position may have several targets.</summary>
    public static PackedBatch ForScoring(
        IEnumerable<(int[] Input, IEnumerable<(int Position, int Target)> Predictions)> sequences,
        IReadOnlyList<int>? taskIds = null)
    {
        List<int> tokens = [], starts = [0], rows = [], targets = [], promptLengths = [];
        foreach (var (input, predictions) in sequences)
        {
            var start = tokens.Count;
            var promptLength = input.Length;
            tokens.AddRange(input);
            starts.Add(tokens.Count);
            foreach (var (position, target) in predictions)
            {
                rows.Add(start + position);
                targets.Add(target);
                promptLength = Math.Min(promptLength, position + 1);
            }

            promptLengths.Add(promptLength);
        }

        return new PackedBatch(
            [.. tokens], [.. starts], new int[promptLengths.Count], [.. rows], [.. targets], [.. promptLengths])
        {
            TaskIds = taskIds ?? [],
        };
    }

    /// <summary>A batch as another process made it; the parts fit together.</summary>
    public static PackedBatch OfParts(
        int[] tokens, int[] starts, int[] rows, int[] targets, int[] promptLengths, IReadOnlyList<int> taskIds) =>
        new(tokens, starts, new int[promptLengths.Length], rows, targets, promptLengths) { TaskIds = taskIds };

    /// <summary>Logits of each sequence's last row; a sequence goes on from position <c>FirstPosition</c>, which is how many
    /// tokens its cache holds.</summary>
    public static PackedBatch ForGeneration(params IReadOnlyList<(int[] Tokens, int FirstPosition)> sequences)
    {
        var starts = new int[sequences.Count + 1];
        for (var i = 0; i < sequences.Count; i++)
        {
            starts[i + 1] = starts[i] + sequences[i].Tokens.Length;
        }

        return new PackedBatch(
            [.. sequences.SelectMany(sequence => sequence.Tokens)],
            starts,
            [.. sequences.Select(sequence => sequence.FirstPosition)],
            [.. starts.Skip(1).Select(end => end - 1)],
            [],
            [.. sequences.Select(sequence => sequence.Tokens.Length)]);
    }

    /// <summary>One sequence, logits of every row.</summary>
    public static PackedBatch ForLogits(ReadOnlySpan<int> tokens) =>
        new(tokens.ToArray(), [0, tokens.Length], [0], [.. Enumerable.Range(0, tokens.Length)], [], [1]);

    /// <summary>Position of each row in its own sequence; [T].</summary>
    public int[] Positions()
    {
        var positions = new int[Tokens.Length];
        for (var sequence = 0; sequence < Sequences; sequence++)
        {
            for (var row = Starts[sequence]; row < Starts[sequence + 1]; row++)
            {
                positions[row] = FirstPositions[sequence] + row - Starts[sequence];
            }
        }

        return positions;
    }
}
