using Google.Protobuf.Collections;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Backbone;

namespace MoR.Model.Experts;

public sealed partial class ExpertCodec
{
    /// <summary>Reads a <see cref="Forward"/>.</summary>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public ForwardRequest DecodeForward(WireMessage message)
    {
        using var reader = Open(message, Envelope.BodyOneofCase.Forward);
        var body = message.Envelope.Forward;
        var key = ReadKey(reader, body.Key, Direction.Forward);
        CheckHead(reader, body.Attempt, body.Version, body.Combine);
        var routes = new RouteReader(reader, layout, key);
        routes.Check(body.Routes, body.RouteOfTarget);
        reader.RequireTensors(1 + (2 * body.Routes.Count));
        return reader.Keep(ReadForward(reader, routes, key, body.Version, body.Routes, body.RouteOfTarget));
    }

    /// <summary>Reads a <see cref="Backward"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="kept">What forward of this key carried, for a message that does not carry it; it stays the caller's, and what
    /// the message carries is the caller's too (<see cref="BackwardRequest.Forward"/>).</param>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public BackwardRequest DecodeBackward(WireMessage message, ForwardRequest? kept)
    {
        using var reader = Open(message, Envelope.BodyOneofCase.Backward);
        var body = message.Envelope.Backward;
        var key = ReadKey(reader, body.Key, Direction.Backward);
        CheckHead(reader, body.Attempt, body.Version, body.Combine);
        var forwardKey = key with { Direction = Direction.Forward };
        var forward = kept;
        if (body.CarriesForward)
        {
            var routes = new RouteReader(reader, layout, forwardKey);
            routes.Check(body.Routes, body.RouteOfTarget);
            reader.RequireTensors(1 + (2 * body.Routes.Count) + body.RouteOfTarget.Count(route => route >= 0));
            forward = ReadForward(reader, routes, forwardKey, body.Version, body.Routes, body.RouteOfTarget);
        }
        else
        {
            if (forward?.Key != forwardKey)
            {
                throw reader.Wrong("key", forwardKey, $"the key of what was kept, {forward?.Key}");
            }

            reader.RequireWithin("version", body.Version, forward.ShardVersion, forward.ShardVersion);
            reader.RequireCount("routes", body.Routes.Count, 0);
            reader.RequireCount("route_of_target", body.RouteOfTarget.Count, 0);
            reader.RequireTensors(forward.RouteOfTarget.Count(route => route >= 0));
        }

        CheckPerTarget(reader, body.CarriesForward ? 1 + (2 * body.Routes.Count) : 0, "delta_gradients", forward);
        TensorPayload?[] gradients = [.. forward.RouteOfTarget.Select(route => route >= 0 ? reader.TakeRows() : null)];
        return reader.Keep(new BackwardRequest(key, forward, gradients, body.NeedsInput, body.NeedsGates));
    }

    /// <summary>Reads a <see cref="Publish"/>: the blocks of its shards.</summary>
    /// <exception cref="WireFormatException">A field holds what it must not.</exception>
    public IReadOnlyList<ShardBlock> DecodePublish(WireMessage message)
    {
        using var reader = Open(message, Envelope.BodyOneofCase.Publish);
        var (body, shards) = (message.Envelope.Publish, layout.Spec.Experts.Shards);
        reader.RequireWithin("epoch", body.Epoch, 0, long.MaxValue);
        reader.RequireWithin("version", body.Version, 0, long.MaxValue);
        reader.RequireTensors(body.Shards.Count);
        var blocks = new (int Shard, TensorPayload Values)[body.Shards.Count];
        for (var i = 0; i < blocks.Length; i++)
        {
            var (shard, least) = (body.Shards[i], i == 0 ? 0 : body.Shards[i - 1] + 1);
            reader.RequireWithin($"shards[{i}]", shard, least, shards - 1);
            blocks[i] = (shard, reader.TakeExact($"parameters[{i}]", LengthOf(shard)));
        }

        return reader.Keep(Array.ConvertAll(
            blocks, block => new ShardBlock(layout, block.Shard, body.Version, TorchPayload.Of(block.Values))));
    }

    private MessageReader Open(WireMessage message, Envelope.BodyOneofCase kind)
    {
        if (message.Envelope.BodyCase != kind)
        {
            throw new ArgumentException($"the message is {message.Envelope.BodyCase}, not {kind}", nameof(message));
        }

        return new MessageReader(message, _rows);
    }

    private RequestKey ReadKey(MessageReader reader, Key? key, Direction direction) =>
        reader.ReadKey(key, direction, layout.Config.DispatchPoints, layout.Spec.Experts.Shards);

    private static void CheckHead(MessageReader reader, int attempt, long version, Combine combine)
    {
        reader.RequireWithin("attempt", attempt, 0, int.MaxValue);
        reader.RequireWithin("version", version, 0, long.MaxValue);
        reader.RequireWithin("combine", (int)combine, (int)Combine.RowSum, (int)Combine.RowSum);
    }

    private ForwardRequest ReadForward(
        MessageReader reader, RouteReader routes, RequestKey key, long version, RepeatedField<RouteHead> heads,
        RepeatedField<int> routeOfTarget)
    {
        var rows = reader.TakeRows("rows", layout.Config.InputWidth(DispatchPoint.At(key.DispatchPoint).Site));
        var read = new Route[heads.Count];
        for (var route = 0; route < read.Length; route++)
        {
            read[route] = routes.Read(route, heads[route], rows.Shape[0]);
        }

        return new ForwardRequest(key, version, rows, read, [.. routeOfTarget]);
    }
}
