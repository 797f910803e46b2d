using System.Security.Cryptography;
using MoR.Cluster.Random;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Machines;

/// <summary>
/// A battery of products of a node's kinds over fixed values: machines whose answers are equal bit for bit may share a run. Shapes
/// are spread over one row and many, over sizes that fill vector registers and tiles and sizes that do not, because kernels of
/// BLAS differ in their remainders.
/// </summary>
internal static class KnownProducts
{
    private const ulong Seed = 0x4D6F52; // "MoR"

    // Rows, inner size, columns; whether the right side is transposed, and whether it is bfloat16.
    private static readonly (long M, long K, long N, bool Transposed, bool IsHalf)[] products =
    [
        (1, 64, 64, true, false), (1, 1000, 33, false, false), (2, 17, 5, true, false), (3, 256, 130, false, false),
        (5, 2048, 96, true, false), (8, 512, 512, true, false), (16, 31, 257, false, false), (31, 100, 100, true, false),
        (64, 768, 64, false, false), (77, 512, 16, true, false), (77, 16, 512, false, false), (100, 333, 77, true, false),
        (127, 128, 129, false, false), (128, 384, 128, true, false), (129, 65, 300, true, false), (200, 1536, 24, false, false),
        (256, 256, 256, true, false), (300, 40, 515, false, false), (9, 300, 600, true, true), (140, 96, 270, true, true),
    ];

    // Rows, width in and out, rank: one expert each.
    private static readonly (int Rows, long In, long Out, long Rank)[] experts =
    [
        (1, 64, 64, 8), (3, 100, 37, 4), (17, 256, 512, 16), (40, 129, 65, 3), (64, 512, 128, 8), (90, 33, 300, 33), (150, 384, 384, 64),
    ];

    /// <summary>SHA-256 of all answers' bytes, in hexadecimal.</summary>
    public static string Hash(Device device, MathPool pool)
    {
        using var noGrad = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < products.Length; i++)
        {
            using var scope = NewDisposeScope();
            var (m, k, n, transposed, isHalf) = products[i];
            var values = new Values((ulong)i, device);
            var (a_MK, b) = (values.Next(m, k), transposed ? values.Next(n, k) : values.Next(k, n));
            Add(hash, TensorKernels.Current.MatMul(a_MK, isHalf ? b.to(ScalarType.BFloat16) : b, transposed, pool));
        }

        for (var i = 0; i < experts.Length; i++)
        {
            using var scope = NewDisposeScope();
            AddExpert(hash, experts[i], new Values((ulong)(products.Length + i), device));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AddExpert(
        IncrementalHash hash, (int Rows, long In, long Out, long Rank) expert, Values values)
    {
        const double scale = 0.75;
        var (m, width, height, rank) = expert;
        var (x_nI, g_nO) = (values.Next(m + 2, width), values.Next(m + 2, height));
        var (a_RI, b_OR) = (values.Next(rank, width), values.Next(height, rank));
        var (delta_nO, dX_nI) = (values.Next(m + 2, height), values.Next(m + 2, width));
        long[] forwards = [.. Enumerable.Range(2, m)], backwards = [.. Enumerable.Range(0, m).Reverse()];
        var rows = new LoraRows(backwards, forwards, backwards, values.Next(1, m).flatten());
        var kernels = TensorKernels.Current;
        kernels.AddLora(delta_nO, x_nI, a_RI, b_OR, rows, scale);
        var (dU_mR, h_mR, dGates_m) = kernels.LoraBackward(dX_nI, x_nI, g_nO, a_RI, b_OR, rows, scale);
        var (dA_RI, dB_OR) = kernels.LoraParameterGradients(dU_mR, h_mR, x_nI, g_nO, rows);
        foreach (var answer in (Tensor[])[delta_nO, dU_mR, h_mR, dGates_m, dX_nI, dA_RI, dB_OR])
        {
            Add(hash, answer);
        }
    }

    private static void Add(IncrementalHash hash, Tensor answer) => hash.AppendData(answer.cpu().contiguous().bytes);

    /// <summary>Tensors of values in [-1, 1), the same everywhere.</summary>
    private sealed class Values(ulong battery, Device device)
    {
        private CounterRandom _random = new(Seed, battery);

        public Tensor Next(long rows, long columns)
        {
            var values = new float[rows * columns];
            _random.Fill(values);
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (2 * values[i]) - 1;
            }

            return tensor(values, [rows, columns]).to(device);
        }
    }
}
