using System.Collections.Immutable;
using System.Text;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>Writes a record as YAML with every key, in the keys' order; equal records give equal texts.</summary>
public static class KeyWriter
{
    public static string Write<TRecord>(TRecord record, ImmutableArray<ConfigKey<TRecord>> keys)
    {
        var yaml = new StringBuilder();
        var group = "";
        foreach (var key in keys)
        {
            var dot = key.Path.IndexOf('.', StringComparison.Ordinal);
            if (dot >= 0 && key.Path[..dot] != group)
            {
                group = key.Path[..dot];
                yaml.Append(group).Append(":\n");
            }

            yaml.Append(dot >= 0 ? "  " : "").Append(key.Path[(dot + 1)..]).Append(": ").Append(key.Write(record));
            yaml.Append('\n');
        }

        return yaml.ToString();
    }
}
