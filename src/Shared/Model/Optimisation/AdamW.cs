using MoR.Model.Parameters;
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
            var part = gradient.narrow(0, start, length).to(float64);
            squares[tile] = part.dot(part).cpu().item<double>();
        });
        return Math.Sqrt(squares.Sum());
    }

    /// <summary>
    /// One update. A gradient whose norm exceeds the limit is scaled by limit / (norm + 1e-6), as PyTorch's
    /// <c>clip_grad_norm_</c> does.
    /// </summary>
    public void Update(Tensor gradient, double gradientNorm, double learningRate)
    {
        Updates++;
        var scale = _options.ClipNorm > 0 ? Math.Min(1, _options.ClipNorm / (gradientNorm + 1e-6)) : 1;
        var correction1 = 1 - Math.Pow(_options.Beta1, Updates);
        var correction2 = Math.Sqrt(1 - Math.Pow(_options.Beta2, Updates));
        ForEachTile((_, start, length) =>
        {
            var value = _parameters.Values.narrow(0, start, length);
            var first = FirstMoment.Values.narrow(0, start, length);
            var second = SecondMoment.Values.narrow(0, start, length);
            var clipped = gradient.narrow(0, start, length) * scale;
            first.mul_(_options.Beta1).add_(clipped * (1 - _options.Beta1));
            second.mul_(_options.Beta2).add_(clipped * clipped * (1 - _options.Beta2));
            var decayed = Math.Clamp(_parameters.Layout.DecayedLength - start, 0, length);
            value.narrow(0, 0, decayed).mul_(1 - (learningRate * _options.WeightDecay));
            value.sub_(first / ((second.sqrt() / correction2) + _options.Epsilon) * (learningRate / correction1));
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }

    private int Tiles => (int)((_parameters.Layout.Length + TileLength - 1) / TileLength);

    /// <summary>Tile, start, length; each body runs without history in a dispose scope of its own.</summary>
    private void ForEachTile(Action<int, long, long> body) => _pool.For(Tiles, tile =>
    {
        var start = tile * TileLength;
        body(tile, start, Math.Min(TileLength, _parameters.Layout.Length - start));
    });
}
