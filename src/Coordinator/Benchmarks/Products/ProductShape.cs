using MoR.Model.Backbone;

namespace MoR.Coordinator.Benchmarks.Products;

/// <summary>A product of the step with frozen weights.</summary>
/// <param name="Name">Which linears it is of.</param>
/// <param name="Count">How many a micro-batch has.</param>
/// <param name="Rows">M: tokens of a micro-batch.</param>
/// <param name="Inner">K.</param>
/// <param name="Columns">N.</param>
/// <param name="Transposed">Forward, x Wᵀ; backward it is dy W.</param>
internal sealed record ProductShape(string Name, int Count, int Rows, int Inner, int Columns, bool Transposed)
{
    /// <summary>Floating-point operations of one.</summary>
    public double Operations => 2.0 * Rows * Inner * Columns;

    /// <summary>The products of a micro-batch, forward and backward; equal ones counted together.</summary>
    public static IReadOnlyList<ProductShape> Of(BenchmarkShape shape)
    {
        var config = shape.Config;
        var rows = shape.MicroBatchSequences * shape.Length;
        var linears = Enum.GetValues<Linear>()
            .Select(linear => (Name: linear.ShortName(), In: config.InputWidth(linear), Out: config.OutputWidth(linear), config.Layers))
            .Append((Name: "lm_head", In: config.HiddenSize, Out: config.VocabularySize, Layers: 1));
        return
        [
            .. linears.GroupBy(linear => (linear.In, linear.Out)).SelectMany(group =>
            {
                var names = string.Join(", ", group.Select(linear => linear.Name));
                var count = group.Sum(linear => linear.Layers);
                var (input, output) = group.Key;
                return new[]
                {
                    new ProductShape($"{names} forward", count, rows, input, output, Transposed: true),
                    new ProductShape($"{names} backward", count, rows, output, input, Transposed: false),
                };
            }),
        ];
    }
}
