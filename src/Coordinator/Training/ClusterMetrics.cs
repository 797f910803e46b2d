using System.Globalization;
using System.Text.Json;
using MoR.Cluster.Membership;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Doctor;

namespace MoR.Coordinator.Training;

/// <summary>What nodes and shards had to do, for programs and for people; docs/FILES.md lists the keys.</summary>
internal static class ClusterMetrics
{
    /// <summary>The object <c>cluster</c> of a step's line.</summary>
    public static void Write(Utf8JsonWriter json, ClusterLoad load)
    {
        json.WriteStartObject("cluster");
        json.WriteNumber("retries", load.Retries);
        json.WriteNumber("hedges", load.Hedges);
        json.WriteNumber("duplicates", load.Duplicates);
        json.WriteNumber("moves", load.Moves);
        Write(json, "nodes", load.Nodes);
        Write(json, "shards", load.Shards);
        json.WriteEndObject();
    }

    /// <summary>A table of the nodes of a session.</summary>
    public static void Show(ITerminal terminal, ClusterLoad load) => terminal.Table(
        "",
        ["node", "requests", "sent", "of it again", "parameters", "received", "mean wait"],
        load.Nodes.Select(node => (IReadOnlyList<string>)
        [
            node.Key,
            node.Value.Requests.ToString("N0", CultureInfo.InvariantCulture),
            Sizes.Text(node.Value.SentBytes),
            Sizes.Text(node.Value.AgainBytes),
            Sizes.Text(node.Value.ParameterBytes),
            Sizes.Text(node.Value.ReceivedBytes),
            string.Create(
                CultureInfo.InvariantCulture, $"{node.Value.Wait.TotalMilliseconds / Math.Max(1, node.Value.Requests):F2} ms"),
        ]));

    private static void Write<TKey>(Utf8JsonWriter json, string name, IReadOnlyDictionary<TKey, Traffic> all)
    {
        json.WriteStartObject(name);
        foreach (var (key, traffic) in all)
        {
            json.WriteStartObject(string.Create(CultureInfo.InvariantCulture, $"{key}"));
            json.WriteNumber("requests", traffic.Requests);
            json.WriteNumber("rows", traffic.Rows);
            json.WriteNumber("sent_bytes", traffic.SentBytes);
            json.WriteNumber("again_bytes", traffic.AgainBytes);
            json.WriteNumber("received_bytes", traffic.ReceivedBytes);
            json.WriteNumber("parameter_bytes", traffic.ParameterBytes);
            json.WriteNumber("wait_ms", Math.Round(traffic.Wait.TotalMilliseconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
