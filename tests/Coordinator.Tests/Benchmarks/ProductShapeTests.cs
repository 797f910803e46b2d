using MoR.Coordinator.Benchmarks;
using MoR.Coordinator.Benchmarks.Products;

namespace MoR.Coordinator.Tests.Benchmarks;

public sealed class ProductShapeTests
{
    [Fact]
    public void They_are_all_products_of_a_micro_batch()
    {
        var shapes = ProductShape.Of(BenchmarkShape.Reference);

        // Six layers of four squares and three of the MLP, and the head; twice, forward and to the input.
        const double parameters = (6 * ((4.0 * 512 * 512) + (3.0 * 512 * 1408))) + (512.0 * 4096);
        Assert.Equal(2 * 2 * 256 * parameters, shapes.Sum(shape => shape.Count * shape.Operations));
        Assert.Equal(2 * ((6 * 7) + 1), shapes.Sum(shape => shape.Count));
        Assert.Contains(shapes, shape => shape is
        {
            Name: "down_proj backward", Count: 6, Rows: 256, Inner: 512, Columns: 1408, Transposed: false,
        });
    }
}
