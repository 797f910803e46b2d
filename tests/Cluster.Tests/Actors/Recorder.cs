using MoR.Cluster.Actors;

namespace MoR.Cluster.Tests.Actors;

/// <summary>Notes what it receives, and throws at "throw".</summary>
internal sealed class Recorder(List<string> log) : IBehaviour<string>
{
    public ValueTask ReceiveAsync(string message)
    {
        log.Add(message);
        return message == "throw" ? throw new InvalidOperationException("thrown on purpose") : ValueTask.CompletedTask;
    }

    public void Dispose() => log.Add("disposed");
}
