using MoR.Cluster.Framing;

namespace MoR.Cluster.Links;

/// <summary>A message that somebody waits to see sent, and then goes on inside the writer: nobody computes there.</summary>
internal sealed class PendingSend(OutgoingMessage message)
{
    private readonly TaskCompletionSource _sent = new();

    public OutgoingMessage Message => message;

    /// <summary>Ends when the stream has the message, or with the reason why it never will.</summary>
    public Task Sent => _sent.Task;

    public void Succeed() => _sent.TrySetResult();

    public void Fail(LinkException reason) => _sent.TrySetException(reason);
}
