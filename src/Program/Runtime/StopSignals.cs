using System.Runtime.InteropServices;
using MoR.Coordinator.CommandLine;

namespace MoR.Program.Runtime;

/// <summary>Listens to SIGINT, SIGTERM and SIGHUP while the program runs.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly (PosixSignal Signal, int Number)[] listened =
    [
        (PosixSignal.SIGHUP, 1),
        (PosixSignal.SIGINT, 2),
        (PosixSignal.SIGTERM, 15),
    ];

    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals(StopSource source) => _registrations =
    [
        .. listened.Select(entry => PosixSignalRegistration.Create(entry.Signal, context =>
        {
            context.Cancel = true;
            source.Signal(entry.Number);
        })),
    ];

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }
}
