namespace MoR.Program.Runtime;

/// <summary>Standard input as a sign of life of whoever holds its other end.</summary>
internal static class StandardInput
{
    private const int ParentIsGone = 0;

    /// <summary>Calls <paramref name="end"/> once standard input has ended.</summary>
    public static void WhenItEnds(Action<int> end)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            var buffer = new byte[64];
            while (input.Read(buffer) > 0)
            {
                // Whatever is said is not for a node.
            }

            end(ParentIsGone);
        })
        {
            IsBackground = true,
            Name = "standard input",
        };
        thread.Start();
    }
}
