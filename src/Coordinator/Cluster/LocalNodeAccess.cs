namespace MoR.Coordinator.Cluster;

/// <summary>How a node that is started here proves itself; what is null it finds as any node does.</summary>
/// <param name="Token">The join token itself, for its environment.</param>
/// <param name="TokenFile">File of the join token.</param>
/// <param name="TlsFolder">Folder of the certificates.</param>
public sealed record LocalNodeAccess(string? Token, string? TokenFile, string? TlsFolder);
