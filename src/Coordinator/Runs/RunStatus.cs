using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoR.Coordinator.Runs;

/// <summary>What a run is doing, for whoever looks from outside: <c>status.json</c>, replaced about once a second.</summary>
public sealed record RunStatus
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "status.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>What it does.</summary>
    public required RunState State { get; init; }

    /// <summary>What goes on with it: <c>train</c> or <c>pretrain</c>.</summary>
    public required string Command { get; init; }

    /// <summary>The arguments that go on with it as it is now, besides its folder; empty for none.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>When the session began, UTC.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When this was written, UTC.</summary>
    public DateTimeOffset Written { get; init; }

    /// <summary>Steps committed.</summary>
    public long Step { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public long Steps { get; init; }

    /// <summary>Loss of the last step, nats per supervised token; null before the first of the session.</summary>
    public double? Loss { get; init; }

    /// <summary>Input tokens per second of the last step.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Seconds until the last step, by the mean of those so far.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Nodes and requests; null where the experts are in the process.</summary>
    public ClusterStatus? Cluster { get; init; }

    /// <summary>Why it failed, with what to do next.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether a session that is in this state has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => State >= RunState.Complete;

    /// <summary>Writes the file.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, Format);

    /// <summary>Reads the file; null for what a crash left of it.</summary>
    public static RunStatus? Read(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<RunStatus>(content, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
