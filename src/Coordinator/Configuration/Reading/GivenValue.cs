namespace MoR.Coordinator.Configuration.Reading;

/// <summary>What a document gives to one key; whoever reads it knows where it was written.</summary>
/// <param name="Key">The key's path, such as <c>router.top_k</c>.</param>
/// <param name="Value">The value, not yet checked.</param>
public sealed record GivenValue(string Key, ConfigNode Value);
