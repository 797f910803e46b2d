using MoR.Cluster.Protocol.Wire;
using MoR.Model.Experts;
using static TorchSharp.torch;

namespace MoR.Model.Workers;

/// <summary>Tensors that travel with a name.</summary>
internal static class WireTensors
{
    /// <summary>A tensor as it is. Its memory must not change while the result lives, which may outlive it.</summary>
    public static TorchWireTensor Encode(Tensor tensor)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return new TorchWireTensor(tensor.detach().cpu().contiguous().alias());
    }

    /// <summary>Checks named tensors: each name once, each of a type that is computed with.</summary>
    /// <param name="reader">The message.</param>
    /// <param name="names">Their names.</param>
    /// <param name="first">Where the first of them is among the message's tensors.</param>
    /// <param name="field">Their field.</param>
    /// <exception cref="WireFormatException">One is not.</exception>
    public static void Check(MessageReader reader, IReadOnlyList<string> names, int first, string field)
    {
        RequireOnce(reader, names, field);
        for (var i = 0; i < names.Count; i++)
        {
            reader.RequireType(
                first + i, $"{field} '{names[i]}'", ElementType.F32, ElementType.F64, ElementType.I32, ElementType.I64);
        }
    }

    /// <summary>Requires that no name comes twice.</summary>
    /// <exception cref="WireFormatException">One does.</exception>
    public static void RequireOnce(MessageReader reader, IReadOnlyList<string> names, string field)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (!seen.Add(names[i]))
            {
                throw reader.Wrong($"{field}[{i}]", $"'{names[i]}' again", "names of which none comes twice");
            }
        }
    }
}
