namespace MoR.Simulation.Disk;

/// <summary>Something that a folder of a <see cref="FaultyDisk"/> holds.</summary>
internal abstract class FaultyEntry
{
    /// <summary>What of it is there after the power came back, everything of it durable.</summary>
    public abstract FaultyEntry AfterCrash(Survival survival, System.Random random);
}

/// <summary>A symbolic link: all of it is in its name.</summary>
internal sealed class FaultyLink(string target) : FaultyEntry
{
    public string Target => target;

    public override FaultyEntry AfterCrash(Survival survival, System.Random random) => new FaultyLink(target);
}

/// <summary>A file: what was written, and what of it was flushed.</summary>
internal sealed class FaultyFile(byte[] durable) : FaultyEntry
{
    private byte[] durable = durable;

    public byte[] Content { get; set; } = durable;

    public void Flush() => durable = Content;

    public override FaultyEntry AfterCrash(Survival survival, System.Random random) => new FaultyFile(survival switch
    {
        Survival.OnlyFlushed => durable,
        Survival.Everything => Content,
        _ => Content == durable ? durable : Torn(random),
    });

    // A file system may have written any part of what was not flushed, or only its length (the rest reads as zeros).
    private byte[] Torn(System.Random random)
    {
        var isAppended = Content.AsSpan().StartsWith(durable);
        var kept = random.Next(isAppended ? durable.Length : 0, Content.Length + 1);
        switch (random.Next(3))
        {
            case 0:
                return durable;
            case 1:
                return Content[..kept];
            default:
                var torn = new byte[Content.Length];
                Content.AsSpan(0, kept).CopyTo(torn);
                return torn;
        }
    }
}

/// <summary>A folder: the names in it, the names that were flushed, and the changes in between.</summary>
internal sealed class FaultyFolder : FaultyEntry
{
    private readonly List<(string Name, FaultyEntry? Entry)[]> pending = [];
    private SortedDictionary<string, FaultyEntry> durable = new(StringComparer.Ordinal);

    public SortedDictionary<string, FaultyEntry> Entries { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Changes names; the changes of one call survive a crash together or not at all, as a rename does.
    /// </summary>
    public void Change(params (string Name, FaultyEntry? Entry)[] changes)
    {
        Apply(Entries, changes);
        pending.Add(changes);
    }

    public void Flush()
    {
        durable = new(Entries, StringComparer.Ordinal);
        pending.Clear();
    }

    public override FaultyEntry AfterCrash(Survival survival, System.Random random)
    {
        var names = new SortedDictionary<string, FaultyEntry>(durable, StringComparer.Ordinal);
        var journalled = random.Next(pending.Count + 1);
        for (var i = 0; i < pending.Count; i++)
        {
            var survives = survival switch
            {
                Survival.OnlyFlushed => false,
                Survival.Everything => true,
                Survival.TornInOrder => i < journalled,
                _ => random.Next(2) == 0,
            };
            if (survives)
            {
                Apply(names, pending[i]);
            }
        }

        var after = new FaultyFolder();
        foreach (var (name, entry) in names)
        {
            after.Entries[name] = entry.AfterCrash(survival, random);
        }

        after.Flush();
        return after;
    }

    private static void Apply(SortedDictionary<string, FaultyEntry> names, (string Name, FaultyEntry? Entry)[] changes)
    {
        foreach (var (name, entry) in changes)
        {
            if (entry is null)
            {
                names.Remove(name);
            }
            else
            {
                names[name] = entry;
            }
        }
    }
}
