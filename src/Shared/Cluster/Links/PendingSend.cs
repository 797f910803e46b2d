using MoR.Cluster.Framing;

namespace MoR.Cluster.Links;

/// <summary>A message that somebody waits to see sent.</summary>
internal sealed class PendingSend(OutgoingMessage message)
{
    // Whoever waits goes on later and elsewhere, not inside the writer.
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OutgoingMessage Message => message;

    /// <summary>Ends when the stream has the message, or with the reason why it never will.</summary>
    public Task Sent => _sent.Task;

    public void Succeed() => _sent.TrySetResult();

    public void Fail(LinkException reason) => _sent.TrySetException(reason);
}
