namespace MoR.Model.Segments;

/// <summary>Which rows chose which experts of one shard, by one router.</summary>
internal sealed class ShardChoice
{
    private ShardChoice(SiteDecision? decision) => Decision = decision;

    /// <summary>The decision, or null for plain LoRA.</summary>
    public SiteDecision? Decision { get; }

    /// <summary>Rows with at least one expert of the shard, ascending.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>Per assignment (by expert, then row) its row's position in <see cref="Rows"/>.</summary>
    public List<int> Positions { get; } = [];

    /// <summary>Experts with rows, ascending.</summary>
    public List<int> Experts { get; } = [];

    /// <summary>Rows of each of <see cref="Experts"/>.</summary>
    public List<int> Counts { get; } = [];

    /// <summary>Per assignment, row · E + expert.</summary>
    public List<int> FlatGates { get; } = [];

    /// <summary>Plain LoRA: every row goes to expert 0, which is in shard 0.</summary>
    public static ShardChoice AllRows(int rows, int shard)
    {
        var choice = new ShardChoice(null);
        if (shard > 0)
        {
            return choice;
        }

        choice.Rows.AddRange(Enumerable.Range(0, rows));
        choice.Positions.AddRange(choice.Rows);
        choice.Experts.Add(0);
        choice.Counts.Add(rows);
        return choice;
    }

    /// <summary>The part of a decision that concerns shard <paramref name="shard"/> of <paramref name="shards"/>.</summary>
    public static ShardChoice Of(SiteDecision decision, int shard, int shards)
    {
        var choice = new ShardChoice(decision);
        var (selected, experts) = (decision.Selected, decision.Site.Experts);
        var rows = selected.Length / experts;
        var positionOf = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            positionOf[row] = choice.Rows.Count;
            for (var expert = shard; expert < experts; expert += shards)
            {
                if (selected[(row * experts) + expert])
                {
                    choice.Rows.Add(row);
                    break;
                }
            }
        }

        for (var expert = shard; expert < experts; expert += shards)
        {
            var before = choice.Positions.Count;
            foreach (var row in choice.Rows)
            {
                if (selected[(row * experts) + expert])
                {
                    choice.Positions.Add(positionOf[row]);
                    choice.FlatGates.Add((row * experts) + expert);
                }
            }

            if (choice.Positions.Count > before)
            {
                choice.Experts.Add(expert);
                choice.Counts.Add(choice.Positions.Count - before);
            }
        }

        return choice;
    }
}
