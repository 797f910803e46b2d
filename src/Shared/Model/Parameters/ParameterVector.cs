using MoR.Cluster.Random;
using static TorchSharp.torch;

namespace MoR.Model.Parameters;

/// <summary>One value per trained parameter, in one flat tensor laid out by a <see cref="ParameterLayout"/>: the parameters
/// themselves, a gradient, or an optimiser moment.</summary>
public sealed class ParameterVector : IDisposable
{
    private const ulong InitialisationStream = 0x494E4954; // "INIT"

    /// <summary>All zeros.</summary>
    public ParameterVector(ParameterLayout layout, ScalarType dtype, Device device)
    {
        Layout = layout;
        Values = zeros([layout.Length], dtype, device).DetachFromDisposeScope();
    }

    /// <summary>The layout.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>The flat tensor; [<see cref="ParameterLayout.Length"/>].</summary>
    public Tensor Values { get; }

    /// <summary>A view of one parameter, in its shape.</summary>
    public Tensor View(Parameter parameter) =>
        Values.narrow(0, parameter.Offset, parameter.Count).view(parameter.Shape);

    /// <summary>A view of matrices that follow each other without a gap, as one; [Σ rows, columns].</summary>
    public Tensor View(IReadOnlyList<Parameter> stacked)
    {
        var rows = stacked.Sum(parameter => parameter.Rows);
        return Values.narrow(0, stacked[0].Offset, (long)rows * stacked[0].Columns).view(rows, stacked[0].Columns);
    }

    /// <summary>
    /// Sets the parameters a run starts from. Each has a random stream of its own, named by the seed and the parameter's
    /// name, so that adding a router or an expert does not change the others.
    /// </summary>
    public void Initialise(ulong seed)
    {
        using var scope = NewDisposeScope();
        Values.zero_();
        foreach (var parameter in Layout.Parameters.Where(parameter => parameter.Initial != InitialValue.Zero))
        {
            var random = new CounterRandom(seed, InitialisationStream, NameHash.Of(parameter.Name));
            View(parameter).copy_(tensor(parameter.Initial.Values(parameter, random), parameter.Shape));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();
}
