using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>
/// Rotary position embedding in the rotate-half layout of Llama's Hugging Face weights (Su et al. 2021, eq. 34): pair
/// (i, i + C/2) of a head of width C turns by position · θ^(−2i/C), or by what the scaling makes of that frequency.
/// </summary>
public sealed class RotaryEmbedding(int headSize, double theta, RopeScaling? scaling, ScalarType dtype, Device device)
{
    private readonly double[] _turns =
    [
        .. Enumerable.Range(0, headSize / 2)
            .Select(pair => Math.Pow(theta, -2.0 * pair / headSize))
            .Select(frequency => scaling?.Apply(frequency) ?? frequency),
    ];

    /// <summary>Cosines and sines of the given positions, each [T, 1, C]; angles are computed in float64, and only for these
    /// positions, since a backbone may have a million.</summary>
    public (Tensor Cos, Tensor Sin) At(int[] positions)
    {
        var half = _turns.Length;
        var angles = new double[(long)positions.Length * half];
        for (var row = 0; row < positions.Length; row++)
        {
            for (var pair = 0; pair < half; pair++)
            {
                angles[((long)row * half) + pair] = positions[row] * _turns[pair];
            }
        }

        var angles_TP = tensor(angles, [positions.Length, half]);
        return (BothHalves(angles_TP.cos()), BothHalves(angles_TP.sin()));
    }

    /// <summary>Turns the heads of x; [T, heads, C].</summary>
    public static Tensor Rotate(Tensor x_THC, (Tensor Cos, Tensor Sin) angles)
    {
        var half = x_THC.shape[2] / 2;
        var rotated = cat([x_THC.narrow(2, half, half).neg(), x_THC.narrow(2, 0, half)], 2);
        return (x_THC * angles.Cos) + (rotated * angles.Sin);
    }

    private Tensor BothHalves(Tensor values_TP) => cat([values_TP, values_TP], 1).to(dtype).to(device).unsqueeze(1);
}
