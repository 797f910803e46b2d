using MoR.Model.Parameters;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Optimisation;

/// <summary>
/// AdamW (Loshchilov and Hutter 2017, algorithm 2) over the flat parameter vector, in tiles of constant size: the number of
/// threads changes nothing. Sums over all parameters are made in float64, tile by tile. What the layout leaves out of weight
/// decay is not decayed.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const long TileLength = 1 << 16;
    private readonly ParameterVector _parameters;
    private readonly AdamWOptions _options;
    private readonly MathPool _pool;

    /// <summary>Moments at zero.</summary>
    public AdamW(ParameterVector parameters, AdamWOptions options, MathPool pool)
    {
        (_parameters, _options, _pool) = (parameters, options, pool);
        FirstMoment = new ParameterVector(parameters.Layout, parameters.Values.dtype, parameters.Values.device);
        SecondMoment = new ParameterVector(parameters.Layout, parameters.Values.dtype, parameters.Values.device);
    }

    /// <summary>Moving average of the gradient.</summary>
    public ParameterVector FirstMoment { get; }

    /// <summary>Moving average of the gradient's square.</summary>
    public ParameterVector SecondMoment { get; }

    /// <summary>How many updates were applied; skipped steps do not count.</summary>
    public long Updates { get; set; }

    /// <summary>√Σ g² of a flat gradient.</summary>
    public double GradientNorm(Tensor gradient)
    {
        var squares = new double[Tiles];
        ForEachTile((tile, start, length) =>
        {
            squares[tile] = TensorKernels.Current.SumOfSquares(gradient, start, length);
        });
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>
    /// One update. A gradient whose norm exceeds the limit is scaled by limit / (norm + 1e-6), as PyTorch's
    /// <c>clip_grad_norm_</c> does.
    /// </summary>
    /// <param name="gradient">The flat gradient.</param>
    /// <param name="gradientNorm">Its norm.</param>
    /// <param name="learningRate">The rate.</param>
    /// <param name="untouched">Pieces that stay as they are, values and moments, without decay; ascending. Their next update is
    /// corrected for the bias of all updates, as if it had taken part in each.</param>
    public void Update(
        Tensor gradient, double gradientNorm, double learningRate, params IReadOnlyList<(long Start, long End)> untouched)
    {
        Updates++;
        var scale = _options.ClipNorm > 0 ? Math.Min(1, _options.ClipNorm / (gradientNorm + 1e-6)) : 1;
        var factors = new AdamWFactors(
            Clip: scale,
            Beta1: _options.Beta1,
            Beta2: _options.Beta2,
            Decay: 1 - (learningRate * _options.WeightDecay),
            RootCorrection: 1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, Updates)),
            Epsilon: _options.Epsilon,
            Rate: learningRate / (1 - Math.Pow(_options.Beta1, Updates)));
        ForEachTile((_, start, length) =>
        {
            foreach (var (first, end) in Without(untouched, start, start + length))
            {
                TensorKernels.Current.UpdateAdamW(
                    _parameters.Values, FirstMoment.Values, SecondMoment.Values, gradient, first, end - first,
                    _parameters.Layout.DecayedLength, factors);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }

    /// <summary>What is left of [start, end) without some pieces.</summary>
    private static IEnumerable<(long Start, long End)> Without(
        IReadOnlyList<(long Start, long End)> untouched, long start, long end)
    {
        foreach (var piece in untouched)
        {
            if (Math.Min(piece.Start, end) > start)
            {
                yield return (start, Math.Min(piece.Start, end));
            }

            start = Math.Max(start, piece.End);
        }

        if (start < end)
        {
            yield return (start, end);
        }
    }

    private int Tiles => (int)((_parameters.Layout.Length + TileLength - 1) / TileLength);

    /// <summary>Tile, start, length; each body runs without history in a dispose scope of its own.</summary>
    private void ForEachTile(Action<int, long, long> body) => _pool.For(Tiles, tile =>
    {
        var start = tile * TileLength;
        body(tile, start, Math.Min(TileLength, _parameters.Layout.Length - start));
    });
}
