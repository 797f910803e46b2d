using MoR.Cluster.Protocol;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>
/// What travelling would make of one request and its answer, for experts that it does not travel to: law 1 holds for every
/// <see cref="WireType"/>, because placement does not decide whether rows are rounded. Holds the rounded rows until it is disposed of.
/// </summary>
internal sealed class WireRounding(WireType wire) : IDisposable
{
    private readonly List<TensorPayload> _rounded = [];

    /// <summary>The request as it would arrive: its rows of x are rounded, and gathered.</summary>
    public ForwardRequest Arrived(ForwardRequest request) => Rounds(request.Key)
        ? request with { Rows = Arrived(request.Rows) }
        : request;

    /// <summary>The request as it would arrive: its rows of x and of ∂L/∂Δ are rounded, and gathered.</summary>
    public BackwardRequest Arrived(BackwardRequest request) => Rounds(request.Key)
        ? request with
        {
            Forward = Arrived(request.Forward),
            DeltaGradients = [.. request.DeltaGradients.Select(rows => rows is null ? null : Arrived(rows))],
        }
        : request;

    /// <summary>Rounds the rows of an answer where they lie: Δ, or ∂L/∂x.</summary>
    public void Answer(RequestKey key, params IEnumerable<TensorPayload?> answer)
    {
        if (Rounds(key))
        {
            foreach (var rows in answer.OfType<TensorPayload>().Select(TorchPayload.Of))
            {
                TensorKernels.Current.RoundRows(rows, rows, null, wire);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var rows in _rounded)
        {
            rows.Dispose();
        }
    }

    /// <summary>Only training rounds: evaluation and generation run where the parameters are.</summary>
    private bool Rounds(RequestKey key) => wire != WireType.F32 && key.Step > 0;

    private TorchPayload Arrived(TensorPayload rows)
    {
        using var scope = NewDisposeScope();
        var (source, which) = RowsPayload.Of(rows);
        var arrived = new TorchPayload(empty([.. rows.Shape], source.dtype, source.device));
        _rounded.Add(arrived);
        TensorKernels.Current.RoundRows(arrived.Tensor, source, RowsPayload.Longs(which), wire);
        return arrived;
    }
}
