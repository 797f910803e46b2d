namespace MoR.Cluster.Actors;

/// <summary>
/// Takes the messages of a mailbox one by one, and supervises what handles them: a behaviour that throws is built again and goes
/// on with the next message, up to a limit.
/// </summary>
/// <param name="name">For messages: "shard 3".</param>
/// <param name="mailbox">What it reads; survives a restart.</param>
/// <param name="build">Makes the behaviour, at the start and after every failure.</param>
/// <param name="limit">How often it is built again.</param>
/// <param name="time">Measures the limit's window.</param>
/// <param name="failed">Told of every failure before the restart: the message that was being handled (null: building threw) and what
/// was thrown.</param>
public sealed class Actor<TMessage>(
    string name,
    Mailbox<TMessage> mailbox,
    Func<IBehaviour<TMessage>> build,
    RestartLimit limit,
    TimeProvider time,
    Func<TMessage?, Exception, ValueTask> failed)
    where TMessage : class
{
    private readonly RestartWindow _restarts = new(limit, time);

    /// <summary>Runs until the mailbox is closed and empty.</summary>
    /// <exception cref="ActorFailedException">It threw more often than the limit allows. Messages are left in the mailbox.</exception>
    public async Task RunAsync()
    {
        while (await LifeAsync() is { } error)
        {
            if (!_restarts.TryRestart())
            {
                throw new ActorFailedException(name, limit, error);
            }
        }
    }

    /// <summary>One behaviour from building to its end; what it threw, or null if the mailbox ended.</summary>
    private async Task<Exception?> LifeAsync()
    {
        TMessage? current = null;
        try
        {
            using var behaviour = build();
            while (await mailbox.WaitAsync())
            {
                while (mailbox.TryTake(out current))
                {
                    await behaviour.ReceiveAsync(current);
                }
            }

            return null;
        }
#pragma warning disable CA1031 // Supervision is for whatever is thrown.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await failed(current, error);
            return error;
        }
    }
}
