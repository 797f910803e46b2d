namespace MoR.Engine.Tests;

/// <summary>How many objects of each kind exist, and how many there were at most.</summary>
internal sealed class OpenCount
{
    private readonly Dictionary<string, (int Now, int Most)> _counts = [];

    public int Now => _counts.Values.Sum(count => count.Now);

    public int Most(string kind) => _counts.GetValueOrDefault(kind).Most;

    public void Add(string kind)
    {
        var (now, most) = _counts.GetValueOrDefault(kind);
        _counts[kind] = (now + 1, Math.Max(most, now + 1));
    }

    public void Remove(string kind)
    {
        var (now, most) = _counts[kind];
        Assert.True(now > 0, $"more of {kind} disposed of than there were");
        _counts[kind] = (now - 1, most);
    }
}
