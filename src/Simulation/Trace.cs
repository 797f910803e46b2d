using System.Numerics;

namespace MoR.Simulation;

/// <summary>
/// Everything that happened in a world, as a hash; and, where somebody wants to read it, as the last lines. Two runs of a seed have
/// the same hash or the simulator is not deterministic.
/// </summary>
/// <param name="lines">How many of the last lines are kept; 0 for none.</param>
internal sealed class Trace(int lines)
{
    private const ulong Prime = 0x9E3779B97F4A7C15;
    private readonly Queue<string> _last = new();

    /// <summary>The hash so far.</summary>
    public ulong Hash { get; private set; } = Prime;

    /// <summary>Events so far.</summary>
    public long Count { get; private set; }

    /// <summary>Told what was said and by whom, where somebody wants to hear it.</summary>
    public Action<long, string, string>? Listener { get; set; }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyCollection<string> Last => _last;

    /// <summary>Something happened.</summary>
    public void Event(long time, string what, string who, long value)
    {
        Add(time);
        Add(what);
        Add(who);
        Add(value);
        if (lines > 0)
        {
            Keep(time, $"{who}: {what} {value}");
        }
    }

    /// <summary>A line was said.</summary>
    public void Said(long time, string who, string text)
    {
        Add(time);
        Add(who);
        Add(text);
        Listener?.Invoke(time, who, text);
        if (lines > 0)
        {
            Keep(time, $"{who}: {text}");
        }
    }

    /// <summary>Bytes arrived; null for the end of a connection.</summary>
    public void Arrived(long time, int connection, string from, string to, byte[]? bytes)
    {
        Add(time);
        Add(connection);
        Add(to);
        Add(bytes);
        if (lines > 0)
        {
            Keep(time, $"{from} -> {to} ({connection}): {WireText.Of(bytes)}");
        }
    }

    /// <summary>Mixes a number into the hash.</summary>
    public void Add(long value)
    {
        Count++;
        Hash = BitOperations.RotateLeft((Hash ^ (ulong)value) * Prime, 29);
    }

    private void Add(string text)
    {
        foreach (var letter in text)
        {
            Hash = BitOperations.RotateLeft((Hash ^ letter) * Prime, 29);
        }
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            Add((long)BitConverter.ToUInt64(bytes));
        }

        foreach (var value in bytes)
        {
            Add(value);
        }
    }

    private void Keep(long time, string line)
    {
        if (_last.Count == lines)
        {
            _last.Dequeue();
        }

        _last.Enqueue($"{TimeSpan.FromTicks(time).TotalSeconds,10:F4} s  {line}");
    }
}
