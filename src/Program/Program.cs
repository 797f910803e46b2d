using MoR.Program;
using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Doctor;
using MoR.Program.Runtime;

var isTerminal = !Console.IsErrorRedirected;
var traits = TerminalTraits.Of(
    isTerminal, isTerminal ? Console.WindowWidth : 0, Environment.GetEnvironmentVariable);
var program = new CommandLineProgram(
    new Commands(),
    new DoctorCommand(new MachineProbe(TimeProvider.System)),
    new RecipeListing(ShippedFolder.Find(ShippedFolder.Recipes)),
    Console.Out,
    Console.Error,
    traits,
    TimeProvider.System);
using var stop = new StopSource(ProcessEnd.Now);
using var signals = new StopSignals(stop);
return await program.RunAsync(args, stop);
