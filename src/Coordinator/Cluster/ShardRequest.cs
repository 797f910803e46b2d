using MoR.Cluster.Membership;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.Cluster;

/// <summary>An open request with its bytes: encoded once for however many sendings, kept until the last of them has ended.</summary>
/// <param name="key">Names it.</param>
/// <param name="version">The version of the parameters that must answer.</param>
/// <param name="bytes">Bytes of its tensors, with what forward carried.</param>
/// <param name="problemOf">What is wrong with an answer.</param>
/// <param name="encode">Its message, with what forward carried or without; on the math executor, or at once where that is little.</param>
internal sealed class ShardRequest(
    RequestKey key, long version, long bytes, Func<WireMessage, string?> problemOf, Func<bool, Task<WireMessage>> encode)
    : OpenRequest(key, version, bytes, problemOf)
{
    private readonly TaskCompletionSource<WireMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WireMessage> _gradients = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<(bool CarriesForward, Task<WireMessage> Message)> _encoded = [];
    private int _users;
    private bool _isOver;

    /// <summary>What the critical path waits for; the caller owns it.</summary>
    public Task<WireMessage> AnswerAsync => _answer.Task;

    /// <summary>The gradients of parameters that follow; the caller owns them.</summary>
    public Task<WireMessage> GradientsAsync => _gradients.Task;

    /// <summary>Takes an answer. Called by the cluster's actor, as all that follows.</summary>
    public void SetAnswer(WireMessage answer) => _ = AfterEncodingAsync(() =>
    {
        var waited = answer.Envelope.BodyCase == Envelope.BodyOneofCase.ParameterGradients ? _gradients : _answer;
        if (!waited.TrySetResult(answer))
        {
            answer.Dispose(); // it was given up meanwhile
        }
    });

    /// <summary>Gives up.</summary>
    public void SetFailure(Exception problem) => _ = AfterEncodingAsync(() =>
    {
        End(); // first: nothing of it may be sent once the caller can ask the same again
        var nobodyComes = _answer.TrySetException(problem);
        if (!_gradients.TrySetException(problem) && nobodyComes)
        {
            _ = DisposeOfAsync(_gradients.Task); // they came before the answer
        }

        _ = _gradients.Task.Exception; // nobody may have come to waiting for it
    });

    /// <summary>Sends it by <paramref name="send"/>, which queues it and does not own it, and then has it written.</summary>
    /// <returns>False: it was given up or answered before that, and nothing was sent.</returns>
    public async Task<bool> SendAsync(int attempt, bool carriesForward, Func<WireMessage, (Task Sent, Action? Write)> send)
    {
        Task<WireMessage> encoding;
        lock (_lock)
        {
            if (_isOver)
            {
                return false;
            }

            _users++;
            encoding = Encoding(carriesForward);
        }

        try
        {
            var message = Numbered(await encoding, attempt);
            (Task Sent, Action? Write)? sending = null;
            lock (_lock)
            {
                // It may have been given up meanwhile.
                sending = _isOver ? null : send(message);
            }

            sending?.Write?.Invoke();
            await (sending?.Sent ?? Task.CompletedTask);
            return sending is not null;
        }
        finally
        {
            Release(users: 1);
        }
    }

    /// <summary>Nothing more is wanted; the bytes go as soon as nobody sends them.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
        }

        Release(users: 0);
    }

    private Task<WireMessage> Encoding(bool carriesForward)
    {
        if (_encoded.Find(entry => entry.CarriesForward == carriesForward).Message is { } begun)
        {
            return begun;
        }

        var message = encode(carriesForward);
        _encoded.Add((carriesForward, message));
        return message;
    }

    /// <summary>What it is encoded from is the caller's again once the caller has its answer.</summary>
    private async Task AfterEncodingAsync(Action then)
    {
        Task[] encodings;
        lock (_lock)
        {
            encodings = [.. _encoded.Select(entry => entry.Message)];
        }

        await Task.WhenAll(encodings.Select(Settled));
        then();
    }

    private static Task Settled(Task task) => task.ContinueWith(
        static ended => _ = ended.Exception, // which marks it as seen; who sends it reports it
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private void Release(int users)
    {
        lock (_lock)
        {
            _users -= users;
            if (_users > 0 || !_isOver)
            {
                return;
            }

            foreach (var (_, message) in _encoded)
            {
                _ = DisposeOfAsync(message);
            }

            _encoded.Clear();
        }
    }

    private static async Task DisposeOfAsync(Task<WireMessage> encoding)
    {
        await Settled(encoding);
        if (encoding.IsCompletedSuccessfully)
        {
            (await encoding).Dispose();
        }
    }

    private static WireMessage Numbered(WireMessage message, int attempt)
    {
        var envelope = message.Envelope.Clone();
        switch (envelope.BodyCase)
        {
            case Envelope.BodyOneofCase.Forward:
                envelope.Forward.Attempt = attempt;
                break;
            case Envelope.BodyOneofCase.Backward:
                envelope.Backward.Attempt = attempt;
                break;
            default:
                envelope.MicroBatch.Attempt = attempt;
                break;
        }

        return new WireMessage(envelope, message.Tensors);
    }
}
