using System.Text.Json.Nodes;

namespace MoR.Coordinator.Benchmarks.Network;

/// <summary>What a peer is asked to be, a line of JSON.</summary>
/// <param name="Kind">Which role.</param>
/// <param name="Address">Where it connects to.</param>
public sealed record PeerRole(string Kind, string Address)
{
    /// <summary>A plain socket.</summary>
    public const string Plain = "plain";

    /// <summary>A link that takes tensors and lets them go.</summary>
    public const string Link = "link";

    /// <summary>An expert node that does everything but the experts' arithmetic.</summary>
    public const string Node = "node";

    /// <summary>The join token of a node.</summary>
    public string Token { get; init; } = "";

    /// <summary>Threads of a node.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Names the process of a node.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>How fast a link may read, in bytes per second; 0 for no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>As it is asked.</summary>
    public JsonObject ToJson() => new()
    {
        ["role"] = Kind,
        ["address"] = Address,
        ["token"] = Token,
        ["threads"] = Threads,
        ["incarnation"] = Incarnation,
        ["bytes_per_second"] = BytesPerSecond,
    };

    /// <summary>What was asked.</summary>
    public static PeerRole Read(string line)
    {
        var json = JsonNode.Parse(line)!;
        return new PeerRole((string)json["role"]!, (string)json["address"]!)
        {
            Token = (string)json["token"]!,
            Threads = (int)json["threads"]!,
            Incarnation = (ulong)json["incarnation"]!,
            BytesPerSecond = (long)json["bytes_per_second"]!,
        };
    }
}
