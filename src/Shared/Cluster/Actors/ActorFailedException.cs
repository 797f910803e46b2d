namespace MoR.Cluster.Actors;

/// <summary>An actor threw once more than its limit allows; its parent decides what follows.</summary>
public sealed class ActorFailedException(string actor, RestartLimit limit, Exception cause)
    : Exception(Text(actor, limit, cause), cause)
{
    /// <summary>Which actor.</summary>
    public string Actor => actor;

    private static string Text(string actor, RestartLimit limit, Exception cause) => limit.Most == 0
        ? $"{actor} failed: {cause.Message}"
        : $"{actor} failed once more after {limit.Most} restarts within {limit.Window.TotalSeconds:0.#} s: {cause.Message}";
}
