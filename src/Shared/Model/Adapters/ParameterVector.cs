using MoR.Cluster.Random;
using static TorchSharp.torch;

namespace MoR.Model.Adapters;

/// <summary>One value per trained parameter, in one flat tensor laid out by an <see cref="AdapterLayout"/>: the parameters
/// themselves, a gradient, or an optimiser moment.</summary>
public sealed class ParameterVector : IDisposable
{
    private const ulong InitialisationStream = 0x494E4954; // "INIT"

    /// <summary>All zeros.</summary>
    public ParameterVector(AdapterLayout layout, ScalarType dtype, Device device)
    {
        Layout = layout;
        Values = zeros([layout.Length], dtype, device).DetachFromDisposeScope();
    }

    /// <summary>The layout.</summary>
    public AdapterLayout Layout { get; }

    /// <summary>The flat tensor; [<see cref="AdapterLayout.Length"/>].</summary>
    public Tensor Values { get; }

    /// <summary>A view of one parameter; [rows, columns].</summary>
    public Tensor View(Parameter parameter) =>
        Values.narrow(0, parameter.Offset, parameter.Count).view(parameter.Rows, parameter.Columns);

    /// <summary>A view of the stacked weights of sites that share an activation; [Z, in].</summary>
    public Tensor View(IReadOnlyList<RouterSite> sites)
    {
        var rows = sites.Sum(site => site.StackedRows);
        var first = sites[0].Weights[0];
        return Values.narrow(0, first.Offset, (long)rows * first.Columns).view(rows, first.Columns);
    }

    /// <summary>
    /// Sets the parameters a run starts from. Each has a random stream of its own, named by the seed and the parameter's
    /// name, so that adding a router or an expert does not change the others.
    /// </summary>
    public void Initialise(ulong seed)
    {
        using var scope = NewDisposeScope();
        Values.zero_();
        foreach (var parameter in Layout.Parameters.Where(parameter => !parameter.Zero))
        {
            var random = new CounterRandom(seed, InitialisationStream, NameHash.Of(parameter.Name));
            var bound = 1 / Math.Sqrt(parameter.Columns);
            var start = new float[parameter.Count];
            for (var i = 0; i < start.Length; i++)
            {
                start[i] = (float)(((2 * random.NextDouble()) - 1) * bound);
            }

            View(parameter).copy_(tensor(start, [parameter.Rows, parameter.Columns]));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();
}
