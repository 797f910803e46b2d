using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Parameters;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>
/// How a flat vector of parameters or gradients travels: cut into the routers' part and each shard's, so that one message may hold
/// more than a tensor may, and that experts and workers are sent the same bytes.
/// </summary>
/// <param name="layout">The adapter.</param>
internal sealed class VectorBlocks(AdapterLayout layout)
{
    private readonly long[] _starts = [0, .. layout.ShardOffsets];

    /// <summary>How many there are: the routers' block, and one for each shard.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The blocks of a vector. Its memory must not change while they live, which may outlive it.</summary>
    public IEnumerable<TorchWireTensor> Encode(Tensor values)
    {
        for (var block = 0; block < Count; block++)
        {
            yield return WireTensors.Encode(values.narrow(0, _starts[block], LengthOf(block)).to(float32));
        }
    }

    /// <summary>Checks that a message's first tensors are the blocks of a vector.</summary>
    /// <exception cref="WireFormatException">One is not.</exception>
    public void Check(MessageReader reader, string field)
    {
        for (var block = 0; block < Count; block++)
        {
            reader.RequireTensor(block, $"{field}[{block}]", ElementType.F32, [LengthOf(block)]);
        }
    }

    /// <summary>Writes the blocks, which were checked, into a vector.</summary>
    public void Read(MessageReader reader, ParameterVector into)
    {
        using var noGrad = no_grad();
        for (var block = 0; block < Count; block++)
        {
            using var scope = NewDisposeScope();
            using var values = reader.TakeExact();
            into.Values.narrow(0, _starts[block], LengthOf(block)).copy_(TorchPayload.Of(values));
        }
    }

    private long LengthOf(int block) => _starts[block + 1] - _starts[block];
}
