using Google.Protobuf.Collections;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Backbone;

namespace MoR.Model.Experts;

public sealed partial class ExpertCodec
{
    /// <summary>What makes a message no answer to a request, or null if it is one. The message stays the caller's.</summary>
    public string? ProblemOf(WireMessage message, ForwardRequest request) => ProblemOf(
        message, reader => CheckForwardDone(reader, message.Envelope, request), Envelope.BodyOneofCase.ForwardDone);

    /// <summary>The same of a backward request, for both parts of its answer.</summary>
    public string? ProblemOf(WireMessage message, BackwardRequest request) =>
        message.Envelope.BodyCase == Envelope.BodyOneofCase.ParameterGradients
            ? ProblemOf(
                message, reader => CheckGradients(reader, message.Envelope, request), Envelope.BodyOneofCase.ParameterGradients)
            : ProblemOf(
                message, reader => CheckBackwardDone(reader, message.Envelope, request), Envelope.BodyOneofCase.BackwardDone);

    /// <summary>Reads a <see cref="ForwardDone"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="request">What was asked.</param>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public ForwardReply DecodeForwardDone(WireMessage message, ForwardRequest request)
    {
        using var reader = Open(message, Envelope.BodyOneofCase.ForwardDone);
        CheckForwardDone(reader, message.Envelope, request);
        var deltas = new TensorPayload?[request.RouteOfTarget.Count];
        for (var target = 0; target < deltas.Length; target++)
        {
            deltas[target] = request.RouteOfTarget[target] >= 0 ? reader.TakeRows() : null;
        }

        return reader.Keep(new ForwardReply(request.Key, deltas));
    }

    /// <summary>Reads a <see cref="BackwardDone"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="request">What was asked.</param>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public (TensorPayload? Input, IReadOnlyList<TensorPayload> Gates) DecodeBackwardDone(
        WireMessage message, BackwardRequest request)
    {
        using var reader = Open(message, Envelope.BodyOneofCase.BackwardDone);
        CheckBackwardDone(reader, message.Envelope, request);
        var input = request.NeedsInputGradient ? reader.TakeRows() : null;
        var gates = new TensorPayload[request.NeedsGateGradients ? request.Forward.Routes.Count : 0];
        for (var route = 0; route < gates.Length; route++)
        {
            gates[route] = reader.TakeExact();
        }

        return reader.Keep((input, gates));
    }

    /// <summary>Reads a <see cref="ParameterGradients"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="request">What was asked.</param>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public IReadOnlyList<ExpertGradient> DecodeParameterGradients(WireMessage message, BackwardRequest request)
    {
        using var reader = Open(message, Envelope.BodyOneofCase.ParameterGradients);
        CheckGradients(reader, message.Envelope, request);
        var body = message.Envelope.ParameterGradients;
        var gradients = new ExpertGradient[body.Targets.Count];
        for (var i = 0; i < gradients.Length; i++)
        {
            gradients[i] = new ExpertGradient(body.Targets[i], body.Experts[i], reader.TakeExact(), reader.TakeExact());
        }

        return reader.Keep(gradients);
    }

    private string? ProblemOf(WireMessage message, Action<MessageReader> check, Envelope.BodyOneofCase kind)
    {
        try
        {
            check(Open(message, kind));
            return null;
        }
        catch (Exception problem) when (problem is WireFormatException or ArgumentException)
        {
            return problem.Message;
        }
    }

    private void CheckForwardDone(MessageReader reader, Envelope envelope, ForwardRequest request)
    {
        reader.RequireKey(envelope.ForwardDone.Key, request.Key);
        reader.RequireTensors(request.RouteOfTarget.Count(route => route >= 0));
        CheckPerTarget(reader, 0, "deltas", request);
    }

    private void CheckBackwardDone(MessageReader reader, Envelope envelope, BackwardRequest request)
    {
        reader.RequireKey(envelope.BackwardDone.Key, request.Key);
        var first = request.NeedsInputGradient ? 1 : 0;
        var routes = request.NeedsGateGradients ? request.Forward.Routes : [];
        reader.RequireTensors(first + routes.Count);
        if (request.NeedsInputGradient)
        {
            reader.RequireTensor(0, "input_gradient", _rows.Type, [.. request.Forward.Rows.Shape]);
        }

        for (var route = 0; route < routes.Count; route++)
        {
            reader.RequireTensor(first + route, "gate_gradients", _rows.ExactType, [routes[route].Positions.Count]);
        }
    }

    private void CheckGradients(MessageReader reader, Envelope envelope, BackwardRequest request)
    {
        var body = envelope.ParameterGradients;
        reader.RequireKey(body.Key, request.Key);
        var (point, forward) = (DispatchPoint.At(request.Key.DispatchPoint), request.Forward);
        var expected = Enumerable.Range(0, forward.RouteOfTarget.Count)
            .Where(target => forward.RouteOfTarget[target] >= 0)
            .SelectMany(target => forward.Routes[forward.RouteOfTarget[target]].Experts.Select(expert => (target, expert)))
            .ToArray();
        RequireList(reader, "targets", body.Targets, [.. expected.Select(entry => entry.target)]);
        RequireList(reader, "experts", body.Experts, [.. expected.Select(entry => entry.expert)]);
        reader.RequireTensors(2 * expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var matrices = layout.Expert(point.Layer, point.Linears[expected[i].target], expected[i].expert);
            reader.RequireTensor(2 * i, "a", _rows.ExactType, matrices.A.Shape);
            reader.RequireTensor((2 * i) + 1, "b", _rows.ExactType, matrices.B.Shape);
        }
    }

    /// <summary>Rows of each target that has a route, as wide as the target's output.</summary>
    private void CheckPerTarget(MessageReader reader, int first, string field, ForwardRequest request)
    {
        var (point, next) = (DispatchPoint.At(request.Key.DispatchPoint), first);
        for (var target = 0; target < request.RouteOfTarget.Count; target++)
        {
            if (request.RouteOfTarget[target] is >= 0 and var route)
            {
                var width = layout.Config.OutputWidth(point.Linears[target]);
                reader.RequireTensor(next++, field, _rows.Type, [request.Routes[route].Rows.Count, width]);
            }
        }
    }

    private static void RequireList(MessageReader reader, string field, RepeatedField<int> given, int[] expected)
    {
        if (!given.SequenceEqual(expected))
        {
            throw reader.Wrong(field, $"[{string.Join(", ", given.Take(100))}]", $"[{string.Join(", ", expected)}]");
        }
    }
}
