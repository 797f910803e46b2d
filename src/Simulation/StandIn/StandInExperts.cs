namespace MoR.Simulation.StandIn;

/// <summary>
/// The experts of one shard: Δ = gate · (x·A) · B with rank 1, in f32 and in a fixed order, so that every answer has the same bits
/// wherever it is computed. The derivatives are written out.
/// </summary>
internal static class StandInExperts
{
    private const int W = StandInShape.Width;

    /// <summary>Δ of each row of the route, [rows, W].</summary>
    /// <param name="shape">The model.</param>
    /// <param name="block">The shard's parameters.</param>
    /// <param name="point">Dispatch point.</param>
    /// <param name="rows_NW">The rows.</param>
    /// <param name="route">Who goes where.</param>
    public static float[] Forward(StandInShape shape, ReadOnlySpan<float> block, int point, ReadOnlySpan<float> rows_NW, StandInRoute route)
    {
        var deltas_NW = new float[route.Rows.Length * W];
        for (int entry = 0, assignment = 0; entry < route.Experts.Length; entry++)
        {
            var (a, b) = Matrices(shape, block, point, route.Experts[entry]);
            for (var last = assignment + route.Counts[entry]; assignment < last; assignment++)
            {
                var position = route.Positions[assignment];
                var scaled = route.Gates[assignment] * Dot(rows_NW.Slice(route.Rows[position] * W, W), a);
                for (var i = 0; i < W; i++)
                {
                    deltas_NW[(position * W) + i] += scaled * b[i];
                }
            }
        }

        return deltas_NW;
    }

    /// <summary>The gradients of rows, gates and parameters.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="block">The shard's parameters.</param>
    /// <param name="point">Dispatch point.</param>
    /// <param name="rows_NW">The rows.</param>
    /// <param name="route">Who goes where.</param>
    /// <param name="deltaGradients_NW">∂L/∂Δ.</param>
    public static StandInGradients Backward(
        StandInShape shape, ReadOnlySpan<float> block, int point, ReadOnlySpan<float> rows_NW, StandInRoute route,
        ReadOnlySpan<float> deltaGradients_NW)
    {
        var rows = new float[rows_NW.Length];
        var gates = new float[route.Gates.Length];
        var ofA = new float[route.Experts.Length][];
        var ofB = new float[route.Experts.Length][];
        for (int entry = 0, assignment = 0; entry < route.Experts.Length; entry++)
        {
            var (a, b) = Matrices(shape, block, point, route.Experts[entry]);
            (ofA[entry], ofB[entry]) = (new float[W], new float[W]);
            for (var last = assignment + route.Counts[entry]; assignment < last; assignment++)
            {
                var position = route.Positions[assignment];
                var start = route.Rows[position] * W;
                var x = rows_NW.Slice(start, W);
                var gradient = deltaGradients_NW.Slice(position * W, W);
                var (inner, outer) = (Dot(x, a), Dot(gradient, b));
                gates[assignment] = inner * outer;
                var gate = route.Gates[assignment];
                for (var i = 0; i < W; i++)
                {
                    rows[start + i] += gate * outer * a[i];
                    ofA[entry][i] += gate * outer * x[i];
                    ofB[entry][i] += gate * inner * gradient[i];
                }
            }
        }

        return new StandInGradients(rows, gates, ofA, ofB);
    }

    private static (float[] A, float[] B) Matrices(StandInShape shape, ReadOnlySpan<float> block, int point, int expert)
    {
        var start = shape.ExpertOffset(point, expert % shape.ExpertsPerShard);
        return (block.Slice(start, W).ToArray(), block.Slice(start + W, W).ToArray());
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0f;
        for (var i = 0; i < W; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
