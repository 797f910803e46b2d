using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.BadInput;

/// <summary>One mistake of a user.</summary>
/// <param name="Name">What is wrong, in words.</param>
/// <param name="Break">Makes it wrong.</param>
/// <param name="Arguments">The command that meets it.</param>
/// <param name="Expected">Parts of the message: the file or key, the value, what to do.</param>
internal sealed record Mistake(
    string Name, Action<TinyWorld> Break, Func<TinyWorld, string[]> Arguments, params string[] Expected)
{
    /// <summary>2, wrong usage or configuration; 1 for what fails while running.</summary>
    public int ExitCode { get; init; } = 2;

    /// <summary>Whether the command works on a finished run in <c>run</c>.</summary>
    public bool NeedsRun { get; init; }

    /// <summary>A training command that meets something broken in the world.</summary>
    public static Mistake InWorld(string name, Action<TinyWorld> breaks, params string[] expected) =>
        new(name, breaks, Train(), expected);

    /// <summary>A training command with a bad override.</summary>
    public static Mistake InSetting(string name, string setting, params string[] expected) =>
        new(name, _ => { }, Train("--set", setting), expected);

    /// <summary>A command that is wrong by itself.</summary>
    public static Mistake InCommand(string name, Func<TinyWorld, string[]> arguments, params string[] expected) =>
        new(name, _ => { }, arguments, expected);

    /// <summary>A command on a finished run, which is broken first.</summary>
    public static Mistake InRun(
        string name, Action<TinyWorld> breaks, Func<TinyWorld, string[]> arguments, params string[] expected) =>
        new(name, breaks, arguments, expected) { NeedsRun = true };

    public override string ToString() => Name;

    private static Func<TinyWorld, string[]> Train(params string[] more) =>
        world => ["train", world.Recipe, "--output", world["new"], .. more];
}
