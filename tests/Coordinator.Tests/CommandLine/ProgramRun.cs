using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Tests.Doctor;

namespace MoR.Coordinator.Tests.CommandLine;

/// <summary>What one run of the program gave.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error, FakeCommands Commands)
{
    /// <summary>The object on the last line of stdout.</summary>
    public JsonObject Json => JsonNode.Parse(Output.TrimEnd('\n').Split('\n')[^1])!.AsObject();

    public static Task<ProgramRun> OfAsync(params string[] arguments) => OfAsync(new FakeCommands(), arguments);

    public static Task<ProgramRun> ThrowingAsync(Func<Exception> error, params string[] arguments) =>
        OfAsync(new FakeCommands { Body = (_, _) => throw error() }, arguments);

    public static async Task<ProgramRun> OfAsync(FakeCommands commands, params string[] arguments)
    {
        using var stop = new StopSource(_ => Assert.Fail("the process was to end"));
        return await OfAsync(commands, stop, arguments);
    }

    public static async Task<ProgramRun> OfAsync(FakeCommands commands, StopSource stop, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var program = new CommandLineProgram(
            commands,
            new DoctorCommand(new FakeProbe()),
            new RecipeListing(ShippedFolder.Find(ShippedFolder.Recipes)),
            output,
            error,
            new TerminalTraits(IsRich: false, Width: 80),
            new ManualTime());
        var exitCode = await program.RunAsync(arguments, stop);
        return new ProgramRun(exitCode, output.ToString(), error.ToString(), commands);
    }
}
