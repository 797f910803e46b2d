using MoR.Cluster.Actors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Coordinator.Cluster;

/// <summary>
/// The links of the nodes that have joined, and what goes out by them. Called in the actor's loop alone; what a link was given goes out
/// beside it. A node whose link has ended is sent nothing, which its loss, reported by that link, makes good.
/// </summary>
/// <param name="epoch">Of this coordinator.</param>
/// <param name="core">Told of requests that were not sent.</param>
/// <param name="mailbox">Of the actor.</param>
internal sealed class NodeLinks(long epoch, ClusterCore core, Mailbox<Action<TimeSpan>> mailbox)
{
    private readonly SortedDictionary<int, NodeLink> _links = [];
    private PublishedParameters? _parameters;

    /// <summary>A node has joined.</summary>
    public void Add(NodeLink node) => _links.Add(node.Node.Number, node);

    /// <summary>A link ended.</summary>
    public void Remove(Node node) => _links.Remove(node.Number);

    /// <summary>Ends a link.</summary>
    public void Close(Node node, string reason)
    {
        if (_links.TryGetValue(node.Number, out var to))
        {
            to.Link.Close(reason);
        }
    }

    /// <summary>Takes a version in place of the last one, or none; takes ownership.</summary>
    public void Take(PublishedParameters? parameters)
    {
        _parameters?.Release();
        _parameters = parameters;
    }

    /// <summary>What a node has otherwise than it was sent; null for nothing.</summary>
    public string? Mismatch(Envelope message) => message.BodyCase switch
    {
        Envelope.BodyOneofCase.Published => _parameters?.Mismatch(message.Published),
        Envelope.BodyOneofCase.PublishedModel => _parameters?.Mismatch(message.PublishedModel),
        _ => null,
    };

    /// <summary>Sends every node a message without tensors.</summary>
    public void SendAll(Func<Envelope> message)
    {
        foreach (var to in _links.Values)
        {
            _ = SendAsync(to, new WireMessage(message()), SendPriority.Control);
        }
    }

    /// <summary>Sends a message without tensors.</summary>
    public void Send(Node node, Envelope message, SendPriority priority)
    {
        if (_links.TryGetValue(node.Number, out var to))
        {
            _ = SendAsync(to, new WireMessage(message), priority);
        }
    }

    /// <summary>Sends the parameters of shards, in as many messages as their bytes need.</summary>
    public void SendParameters(Node node, IReadOnlyList<int> shards)
    {
        if (_links.TryGetValue(node.Number, out var to) && _parameters is { } parameters)
        {
            foreach (var part in parameters.Cut(shards, to.Link.MostMessageBytes))
            {
                _ = SendAsync(to, parameters.Of(epoch, part), SendPriority.Critical, parameters);
            }
        }
    }

    /// <summary>Sends a worker all parameters and router state.</summary>
    /// <returns>Their bytes.</returns>
    public long SendModel(Node node)
    {
        if (!_links.TryGetValue(node.Number, out var to) || _parameters is not { } parameters)
        {
            return 0;
        }

        var message = parameters.Model();
        _ = SendAsync(to, message, SendPriority.Critical, parameters);
        return message.TensorBytes;
    }

    /// <summary>Sends a request.</summary>
    public void SendRequest(ShardRequest request, Attempt attempt)
    {
        if (_links.TryGetValue(attempt.Node.Number, out var to))
        {
            _ = SendAsync(request, attempt, to.Link);
        }
    }

    /// <summary>What a link does not take, its end reports.</summary>
    private static async Task SendAsync(NodeLink to, WireMessage message, SendPriority priority, PublishedParameters? of = null)
    {
        try
        {
            await to.Link.SendAsync(message, priority);
        }
        catch (LinkException)
        {
            // The node's loss is handled when its link's end comes in.
        }
#pragma warning disable CA1031 // Whatever it is, the node does not get what it is to have.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            to.Link.Close($"{message.Envelope.BodyCase} could not be sent to it ({problem.Message.TrimEnd('.')})");
        }
        finally
        {
            of?.Release();
        }
    }

    /// <summary>A sending that was counted and not made gives its credit back, as no answer will; what cannot be sent at all fails.
    /// </summary>
    private async Task SendAsync(ShardRequest request, Attempt attempt, Link link)
    {
        Action<TimeSpan>? then;
        try
        {
            var isSent = await request.SendAsync(
                attempt.Number, attempt.CarriesForward, message => link.Enqueue(message, SendPriority.Critical));
            then = isSent ? null : now => core.Requests.NotSent(attempt, now);
        }
        catch (LinkException)
        {
            // The node's loss is handled when its link's end comes in.
            then = now => core.Requests.NotSent(attempt, now);
        }
#pragma warning disable CA1031 // Whatever it is, a wait for the answer would be in vain.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            then = now => core.Requests.CannotSend(request, attempt, problem, now);
        }

        if (then is not null)
        {
            await mailbox.PostAsync(then);
        }
    }
}
