using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>
/// Rotary position embedding in the rotate-half layout of Llama's Hugging Face weights (Su et al. 2021, eq. 34): pair
/// (i, i + C/2) of a head of width C turns by position · θ^(−2i/C).
/// </summary>
public sealed class RotaryEmbedding : IDisposable
{
    private readonly Tensor _cos_PC;
    private readonly Tensor _sin_PC;

    /// <summary>Tabulates positions 0 to <paramref name="positions"/> − 1; angles are computed in float64.</summary>
    public RotaryEmbedding(int positions, int headSize, double theta, ScalarType dtype, Device device)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var half = headSize / 2;
        var angles = new double[(long)positions * headSize];
        for (var position = 0; position < positions; position++)
        {
            for (var pair = 0; pair < half; pair++)
            {
                var angle = position * Math.Pow(theta, -2.0 * pair / headSize);
                angles[((long)position * headSize) + pair] = angle;
                angles[((long)position * headSize) + half + pair] = angle;
            }
        }

        var table = tensor(angles, [positions, headSize]);
        _cos_PC = table.cos().to(dtype).to(device).DetachFromDisposeScope();
        _sin_PC = table.sin().to(dtype).to(device).DetachFromDisposeScope();
    }

    /// <summary>Cosines and sines of the given positions, each [T, 1, C].</summary>
    public (Tensor Cos, Tensor Sin) At(Tensor positions_T) =>
        (_cos_PC.index_select(0, positions_T).unsqueeze(1), _sin_PC.index_select(0, positions_T).unsqueeze(1));

    /// <summary>Turns the heads of x; [T, heads, C].</summary>
    public static Tensor Rotate(Tensor x_THC, (Tensor Cos, Tensor Sin) angles)
    {
        var half = x_THC.shape[2] / 2;
        var rotated = cat([x_THC.narrow(2, half, half).neg(), x_THC.narrow(2, 0, half)], 2);
        return (x_THC * angles.Cos) + (rotated * angles.Sin);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cos_PC.Dispose();
        _sin_PC.Dispose();
    }
}
