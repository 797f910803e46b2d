using System.Runtime.InteropServices;
using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Coordinator.Cluster;
using MoR.Engine;

namespace MoR.Simulation.StandIn;

/// <summary>Micro-batches of the stand-in as messages: the input rows there, gradient and loads back.</summary>
internal sealed class StandInMessages(StandInShape shape, CountedMemory memory) : IMicroBatchMessages
{
    /// <inheritdoc/>
    public ShardRequest RequestOf(IMicroBatchWork work, IMathExecutor math)
    {
        var one = (StandInWork)work;
        var (key, version) = (KeyOf(one), one.State.Version);
        return new ShardRequest(
            key, version, sizeof(float) * ((long)one.Inputs.Length + shape.Length),
            answer => ProblemOf(answer, key),
            _ => math.RunAsync(() => new WireMessage(
                new Envelope { MicroBatch = new MicroBatch { Key = key.ToWire(), Version = version } },
                memory.Of(one.Inputs, shape.Rows, StandInShape.Width))));
    }

    /// <inheritdoc/>
    public IMicroBatchDelta Decode(WireMessage answer, IMicroBatchWork work)
    {
        using (answer)
        {
            return new StandInDelta(
                ((StandInWork)work).Position,
                StandInCodec.Floats(answer.Tensors[0]).ToArray(),
                [.. MemoryMarshal.Cast<byte, int>(answer.Tensors[1].Bytes.Span).ToArray().Select(rows => (long)rows)])
            {
                Loss = answer.Envelope.MicroBatchDone.Loss,
            };
        }
    }

    /// <summary>A worker's answer.</summary>
    public static WireMessage Done(CountedMemory memory, MicroBatch asked, StandInDelta delta) => new(
        new Envelope { MicroBatchDone = new MicroBatchDone { Key = asked.Key, Attempt = asked.Attempt, Loss = delta.Loss } },
        memory.Of(delta.Gradient, delta.Gradient.Length),
        memory.Of([.. delta.Loads.Select(rows => (int)rows)]));

    private static RequestKey KeyOf(StandInWork work) => RequestKey.OfMicroBatch(work.Epoch, work.Step, work.Position);

    private string? ProblemOf(WireMessage answer, RequestKey key)
    {
        var body = answer.Envelope.MicroBatchDone;
        return body is null || !body.Key.Equals(key.ToWire()) || answer.Tensors is not [var gradient, var loads]
            || !gradient.Shape.SequenceEqual([shape.Length]) || !loads.Shape.SequenceEqual([shape.Points * shape.Experts])
            ? "another answer"
            : null;
    }
}
