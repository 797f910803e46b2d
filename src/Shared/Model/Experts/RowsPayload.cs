using MoR.Cluster.Protocol;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>Some rows of a tensor that somebody else owns and keeps: in this process they are read where they lie.</summary>
/// <param name="source">The tensor; [any, width].</param>
/// <param name="rows">Which of its rows; [n].</param>
public sealed class RowsPayload(Tensor source, int[] rows) : TensorPayload
{
    /// <summary>The tensor.</summary>
    public Tensor Source => source;

    /// <summary>Which of its rows.</summary>
    public IReadOnlyList<int> Rows => rows;

    /// <inheritdoc/>
    public override IReadOnlyList<long> Shape => [rows.Length, source.shape[1]];

    /// <inheritdoc/>
    public override long Bytes => rows.Length * source.shape[1] * source.element_size();

    /// <summary>The tensor that holds a payload's rows, and where in it they lie; null if they are all of it, in order.</summary>
    public static (Tensor Source, IReadOnlyList<int>? Rows) Of(TensorPayload payload) => payload is RowsPayload some
        ? (some.Source, some.Rows)
        : (TorchPayload.Of(payload), null);

    /// <summary>Places of rows as kernels take them.</summary>
    internal static long[]? Longs(IReadOnlyList<int>? rows)
    {
        if (rows is null)
        {
            return null;
        }

        var longs = new long[rows.Count];
        for (var i = 0; i < longs.Length; i++)
        {
            longs[i] = rows[i];
        }

        return longs;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
