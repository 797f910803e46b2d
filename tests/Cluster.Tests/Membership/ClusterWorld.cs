using MoR.Cluster.Errors;
using MoR.Cluster.Links;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Membership;

/// <summary>A cluster's core whose decisions are written down instead of done.</summary>
internal sealed class ClusterWorld : IClusterEffects
{
    public const long ModelBytes = 4444;
    private const long Epoch = 7;
    private int _numbers;

    public ClusterWorld(ClusterOptions? options = null, int shards = 4)
    {
        Options = options ?? new ClusterOptions();
        Core = new ClusterCore(Options, Epoch, [.. Enumerable.Repeat(1000L, shards)], this);
    }

    public ClusterOptions Options { get; }

    public ClusterCore Core { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>Requests that were sent, as "shard 2 to a, attempt 0, with forward".</summary>
    public List<string> Sent { get; } = [];

    /// <summary>Parameters that were sent, as "a: 0 1".</summary>
    public List<string> Parameters { get; } = [];

    /// <summary>Workers that were sent the model, as "a: version 1".</summary>
    public List<string> Models { get; } = [];

    public List<string> Closed { get; } = [];

    public List<string> Answered { get; } = [];

    public List<MorException> Failures { get; } = [];

    public List<string> Said { get; } = [];

    public Node Join(string name, double rate = 1, long room = 1_000_000, long credit = 1_000_000, ulong incarnation = 1)
    {
        var join = new Join
        {
            Name = name,
            Incarnation = incarnation,
            ProductsPerSecond = rate,
            MemoryBytes = room,
            RequestBytes = credit,
            Roles = { Role.Expert },
        };
        var node = new Node(++_numbers, join, $"{name} (10.0.0.{_numbers}:5000)");
        Core.Joined(node, Now);
        return node;
    }

    /// <summary>A worker that says at once that the model came, unless it is still reading its backbone.</summary>
    public Node JoinWorker(string name, bool isReady = true, bool isExpert = false)
    {
        var join = new Join { Name = name, Roles = { Role.Worker }, MemoryBytes = 1_000_000, RequestBytes = 1_000_000 };
        if (isExpert)
        {
            join.Roles.Add(Role.Expert);
        }

        var node = new Node(++_numbers, join, $"{name} (10.0.0.{_numbers}:5000)") { HasModel = isReady };
        Core.Joined(node, Now);
        return node;
    }

    public OpenRequest AskMicroBatch(int position, long version = 1)
    {
        var request = new OpenRequest(RequestKey.OfMicroBatch(Epoch, version + 1, position), version, 100, _ => null);
        Core.Requests.Ask(request, Now);
        return request;
    }

    public void AnswerMicroBatch(Node node, OpenRequest request, int attempt = 0) => Say(
        node, new Envelope { MicroBatchDone = new MicroBatchDone { Key = request.Key.ToWire(), Attempt = NumberOf(request, attempt) } });

    public void Publish(long version) => Core.Publish(version, Now);

    public OpenRequest Ask(int shard, Direction direction = Direction.Forward, long version = 1, int point = 0, long bytes = 100)
    {
        var request = new OpenRequest(
            new RequestKey(Epoch, version + 1, 0, point, shard, direction), version, bytes,
            answer => answer.Envelope.Tensors.Count > 0 ? "a tensor too many" : null)
        {
            Rows = 5,
            ForwardBytes = direction == Direction.Backward ? 90 : 0,
        };
        Core.Requests.Ask(request, Now);
        return request;
    }

    public void Answer(Node node, OpenRequest request, int attempt = 0, bool gradients = false, bool isBad = false)
    {
        var key = request.Key;
        attempt = NumberOf(request, attempt);
        var said = new Key
        {
            Epoch = key.Epoch,
            Step = key.Step,
            MicroBatch = key.MicroBatch,
            DispatchPoint = key.DispatchPoint,
            Shard = key.Shard,
        };
        var envelope = gradients
            ? new Envelope { ParameterGradients = new ParameterGradients { Key = said, Attempt = attempt } }
            : key.Direction == Direction.Forward
                ? new Envelope { ForwardDone = new ForwardDone { Key = said, Attempt = attempt } }
                : new Envelope { BackwardDone = new BackwardDone { Key = said, Attempt = attempt } };
        Core.Received(
            node.Number,
            isBad ? new WireMessage(envelope, new ArrayTensor(ElementType.F32, [1])) : new WireMessage(envelope),
            Now);
    }

    /// <summary>The number that a sending of a request has on the wire; one that no sending has where there was none.</summary>
    public static int NumberOf(OpenRequest request, int attempt) =>
        attempt < request.Attempts.Count ? request.Attempts[attempt].Number : int.MaxValue;

    public void Say(Node node, Envelope envelope) => Core.Received(node.Number, new WireMessage(envelope), Now);

    /// <summary>Lets time pass, waking the core when it asked for it.</summary>
    public void Pass(double seconds)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        while (Core.Requests.NextWake is { } at && at <= until)
        {
            Now = at > Now ? at : Now;
            Core.Requests.Wake(Now);
        }

        Now = until;
    }

    public void Lose(Node node, string reason = "the connection broke") => Core.Lost(node.Number, reason, Now);

    void IClusterEffects.Send(Node node, Envelope message, SendPriority priority) => Said.Add($"{node.Name}: {message.BodyCase}");

    void IClusterEffects.SendParameters(Node node, IReadOnlyList<int> shards) =>
        Parameters.Add($"{node.Name}: {string.Join(' ', shards)}");

    long IClusterEffects.SendModel(Node node)
    {
        Models.Add($"{node.Name}: version {node.ModelVersion}");
        return ModelBytes;
    }

    void IClusterEffects.SendRequest(OpenRequest request, Attempt attempt) => Sent.Add(request.IsMicroBatch
        ? $"micro-batch {request.Key.MicroBatch} to {attempt.Node.Name}, attempt {request.Attempts.Count - 1}"
        : $"shard {request.Key.Shard} to {attempt.Node.Name}, attempt {request.Attempts.Count - 1}"
        + (request.Key.Direction == Direction.Backward ? attempt.CarriesForward ? ", with forward" : ", as kept" : ""));

    void IClusterEffects.Close(Node node, string reason)
    {
        Closed.Add($"{node.Name}: {reason}");
        Core.Lost(node.Number, reason, Now);
    }

    void IClusterEffects.Answer(OpenRequest request, WireMessage answer)
    {
        Answered.Add($"{answer.Envelope.BodyCase} of shard {request.Key.Shard}");
        answer.Dispose();
    }

    void IClusterEffects.Fail(OpenRequest request, MorException problem) => Failures.Add(problem);

    void IClusterEffects.Note(string text) => Said.Add(text);
}
