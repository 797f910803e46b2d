namespace MoR.Coordinator.Planning;

/// <summary>What people and programs are told.</summary>
internal static class Names
{
    /// <summary>A way to run.</summary>
    public static string Of(Forecast forecast) => forecast.Role == NodeRole.InProcess
        ? "in process"
        : $"{forecast.Nodes} {Of(forecast.Role)}{(forecast.Nodes == 1 ? "" : "s")}";

    /// <summary>A role, as <c>--json</c> writes it too.</summary>
    public static string Of(NodeRole role) => role switch
    {
        NodeRole.Expert => "expert",
        NodeRole.Worker => "worker",
        _ => "in_process",
    };

    /// <summary>A bottleneck, as <c>--json</c> writes it too.</summary>
    public static string Of(Bottleneck bottleneck) => bottleneck switch
    {
        Bottleneck.Coordinator => "coordinator",
        Bottleneck.Node => "node",
        Bottleneck.Link => "link",
        _ => "waiting",
    };
}
