using MoR.Engine;

namespace MoR.Simulation.StandIn;

/// <summary>What a micro-batch adds to its step.</summary>
/// <param name="position">In the step.</param>
/// <param name="gradient">Of all parameters.</param>
/// <param name="loads">Rows that each expert got, point by point.</param>
internal sealed class StandInDelta(int position, float[] gradient, long[] loads) : IMicroBatchDelta
{
    /// <summary>In the step.</summary>
    public int Position => position;

    /// <summary>Of all parameters.</summary>
    public float[] Gradient => gradient;

    /// <summary>Rows that each expert got, point by point.</summary>
    public long[] Loads => loads;

    /// <summary>Mean of y².</summary>
    public double Loss { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing but arrays.
    }
}
