namespace MoR.Program.Runtime;

/// <summary>Where the program goes on when a socket has data, or room.</summary>
internal static class SocketThreads
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Has the runtime's socket threads, then one for each processor, go on with what waited, instead of waking a thread of the pool for
    /// it, which costs about as much as the read itself. A link's loops read, sum and write there; whoever takes their messages goes
    /// on elsewhere. The runtime has no other way to say so than this variable, which a user's own setting goes before.
    /// </summary>
    public static void ReadWhereDataArrives()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }
}
