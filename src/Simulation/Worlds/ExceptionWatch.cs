using System.Runtime.ExceptionServices;
using System.Text.Json;
using MoR.Cluster.Actors;
using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Simulation.Disk;

namespace MoR.Simulation.Worlds;

/// <summary>
/// Notices exceptions that no peer, disk or network can cause, also where the code that threw is awaited by nobody: each is a
/// mistake in the program.
/// </summary>
internal sealed class ExceptionWatch : IDisposable
{
    private readonly World _world;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    public ExceptionWatch(World world)
    {
        _world = world;
        AppDomain.CurrentDomain.FirstChanceException += Seen;
    }

    /// <inheritdoc/>
    public void Dispose() => AppDomain.CurrentDomain.FirstChanceException -= Seen;

    private void Seen(object? sender, FirstChanceExceptionEventArgs seen)
    {
        if (Environment.CurrentManagedThreadId != _thread || _world.Laws.Broken is not null)
        {
            return;
        }

        var isOrdinary = seen.Exception
            is LinkException or MorException or OperationCanceledException or IOException or PowerLossException or ActorFailedException
            or WireFormatException or DeviceException or JsonException
            || (seen.Exception is KeyNotFoundException
                && Environment.StackTrace.Contains("CheckpointManifest.Read", StringComparison.Ordinal));
        if (!isOrdinary)
        {
            _world.Laws.Break("no surprise", $"{seen.Exception.GetType().Name}: {seen.Exception.Message}\n{Environment.StackTrace}");
        }
    }
}
