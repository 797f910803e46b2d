namespace MoR.Coordinator.CommandLine;

/// <summary>How the user called the launcher, so that the commands the program proposes can be pasted.</summary>
internal static class LauncherCall
{
    // Set by the launcher, quoted for the shell.
    private const string Variable = "MOR_CALLED_AS";

    /// <summary>The first word of a command line, such as <c>./mor</c> or <c>../MoR.Distributed/mor</c>.</summary>
    public static string Mor => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } call ? call : "./mor";
}
