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

    /// <summary>Cosines and sines of the given positions, each [T, C/2]; angles are computed in float64, and only for these
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
        return (angles_TP.cos().to(dtype).to(device), angles_TP.sin().to(dtype).to(device));
    }

    /// <summary>Turns the heads of x; [T, heads, C].</summary>
    public static Tensor Rotate(Tensor x_THC, (Tensor Cos, Tensor Sin) angles)
    {
        var half = x_THC.shape[2] / 2;
        var (first, second) = (x_THC.narrow(2, 0, half), x_THC.narrow(2, half, half));
        var (cos, sin) = (angles.Cos.unsqueeze(1), angles.Sin.unsqueeze(1));
        return cat([(first * cos) - (second * sin), (second * cos) + (first * sin)], 2);
    }
}
