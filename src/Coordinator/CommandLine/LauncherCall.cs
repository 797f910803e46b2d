namespace MoR.Coordinator.CommandLine;

/// <summary>How the user called the launcher, so that the commands the program proposes can be pasted.</summary>
public static class LauncherCall
{
    // Set by the launcher, quoted for the shell.
    private const string Variable = "MOR_CALLED_AS";

    /// <summary>The first word of a command line, such as <c>./mor</c> or <c>../MoR.Distributed/mor</c>.</summary>
    public static string Mor => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } call ? call : "./mor";

    /// <summary>A path as one word of a shell's command line.</summary>
    public static string Word(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+,:@%=".Contains(c)) ? path : $"'{path.Replace("'", @"'\''")}'";
}
