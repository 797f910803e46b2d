using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>Parameters and router state as <see cref="PublishModel"/>, for both ends.</summary>
/// <param name="layout">The adapter.</param>
/// <param name="device">Where decoded tensors are put.</param>
public sealed class ModelCodec(AdapterLayout layout, Device device)
{
    private readonly VectorBlocks _blocks = new(layout);

    /// <summary>Where shard 0 is among the message's tensors; the others follow it.</summary>
    public const int FirstShard = 1;

    /// <summary>The model as it is now: parameters and state may change at once.</summary>
    /// <param name="parameters">The adapter.</param>
    /// <param name="state">Router state by name.</param>
    /// <param name="epoch">The coordinator's epoch.</param>
    /// <param name="version">The step whose commit made them.</param>
    public WireMessage Encode(
        ParameterVector parameters, IReadOnlyDictionary<string, Tensor> state, long epoch, long version)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var ordered = state.OrderBy(item => item.Key, StringComparer.Ordinal).ToArray();
        return new WireMessage(
            new Envelope
            {
                PublishModel = new PublishModel { Epoch = epoch, Version = version, State = { ordered.Select(item => item.Key) } },
            },
            [
                .. _blocks.Encode(parameters.Values.clone()),
                .. ordered.Select(item => WireTensors.Encode(item.Value.clone())),
            ]);
    }

    /// <summary>Writes what a message holds over parameters and state; the message is taken over.</summary>
    /// <exception cref="WireFormatException">A field holds what it must not; parameters and state are as they were.</exception>
    public void Decode(WireMessage message, ParameterVector parameters, IDictionary<string, Tensor> state)
    {
        var body = message.Envelope.PublishModel;
        using var reader = new MessageReader(message, new WireRows(WireType.F32, float32, device));
        reader.RequireWithin("version", body.Version, 0, long.MaxValue);
        reader.RequireTensors(_blocks.Count + body.State.Count);
        _blocks.Check(reader, "parameters");
        WireTensors.Check(reader, body.State, _blocks.Count, "state");
        _blocks.Read(reader, parameters);
        foreach (var old in state.Values)
        {
            old.Dispose();
        }

        state.Clear();
        foreach (var name in body.State)
        {
            using var scope = NewDisposeScope();
            state.Add(name, TorchPayload.Of(reader.TakeExact()).clone().DetachFromDisposeScope());
        }
    }
}
