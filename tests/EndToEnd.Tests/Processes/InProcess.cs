using MoR.Cluster.Disk;
using MoR.Program;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;

namespace MoR.EndToEnd.Tests.Processes;

/// <summary>
/// The program without its process: what Program.cs does with its arguments, for tables that would otherwise start a
/// hundred processes.
/// </summary>
internal static class InProcess
{
    private const int Interrupt = 2;

    /// <summary>Runs <c>mor --json</c> to its end.</summary>
    public static Task<MorRun> RunAsync(params string[] arguments) => RunAsync(MachineProbe.ReadMemory(), arguments);

    /// <summary>The same on a machine with this memory.</summary>
    public static Task<MorRun> RunAsync(MemoryFacts memory, params string[] arguments) => RunAsync(memory, null, arguments);

    /// <summary>The same, interrupted as by Ctrl-C as soon as a text stands on stderr.</summary>
    public static Task<MorRun> InterruptedAtAsync(string text, params string[] arguments) =>
        RunAsync(MachineProbe.ReadMemory(), text, arguments);

    /// <summary>The same on another disk.</summary>
    public static Task<MorRun> OnDiskAsync(IDisk disk, params string[] arguments) =>
        RunAsync(MachineProbe.ReadMemory(), null, arguments, disk);

    private static async Task<MorRun> RunAsync(
        MemoryFacts memory, string? interruptAt, string[] arguments, IDisk? disk = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var stop = new StopSource(code => Assert.Fail($"the process was to end with {code}"));
        using var error = new WatchedWriter(interruptAt, () => stop.Signal(Interrupt)) { NewLine = "\n" };
        var program = new CommandLineProgram(
            new Commands(() => memory, disk),
            new DoctorCommand(new MachineProbe(TimeProvider.System)),
            new RecipeListing(ShippedFolder.Find(ShippedFolder.Recipes)),
            output,
            error,
            TerminalTraits.Of(false, 0, _ => null),
            TimeProvider.System);
        var exitCode = await program.RunAsync([.. arguments, "--json"], stop);
        return new MorRun("mor " + string.Join(' ', arguments), exitCode, output.ToString(), error.ToString());
    }
}
