using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.CommandLine;

/// <summary>The roles of a node as a command line has them.</summary>
public static class NodeRoles
{
    private const string Both = "expert,worker";

    /// <summary>The option.</summary>
    internal static ValueOption<string?> Option(string description) =>
        OptionKinds.Words("--role", "ROLES", description, "expert", "worker", Both);

    /// <summary>The roles of a text; an expert's unless given.</summary>
    public static IReadOnlyList<Role> Read(string? text) =>
        [.. (text ?? "expert").Split(',').Select(word => Enum.Parse<Role>(word, ignoreCase: true))];

    /// <summary>The text of roles.</summary>
    public static string Write(IReadOnlyList<Role> roles) =>
        string.Join(',', roles.Order().Select(role => role.ToString().ToLowerInvariant()));
}
