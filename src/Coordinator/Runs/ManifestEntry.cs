namespace MoR.Coordinator.Runs;

/// <summary>What the manifest of a checkpoint says about one of its files.</summary>
/// <param name="Name">The file name.</param>
/// <param name="Bytes">The size in bytes.</param>
/// <param name="Sha256">The SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed record ManifestEntry(string Name, long Bytes, string Sha256);
