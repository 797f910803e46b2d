using System.Reflection;

namespace MoR.Coordinator.CommandLine;

/// <summary>The version of <c>mor</c>.</summary>
public static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;
}
