using System.Runtime.InteropServices;

namespace MoR.Program.Runtime;

/// <summary>Ends the process without waiting for anything in it.</summary>
internal static partial class ProcessEnd
{
    /// <summary>
    /// The kernel's exit, not .NET's, which runs exit handlers while other threads still compute inside libtorch.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Now(int exitCode);
}
