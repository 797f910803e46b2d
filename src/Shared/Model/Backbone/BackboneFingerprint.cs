using System.Security.Cryptography;
using System.Text;
using MoR.Model.Safetensors;

namespace MoR.Model.Backbone;

/// <summary>
/// Names a backbone by its weights: SHA-256 over each tensor's name, type and shape and sixteen 4 KiB blocks spread evenly
/// over its values (all of a smaller tensor). Fine-tuning changes nearly every value, so it changes the fingerprint, and a
/// 13 GB folder is named in well under a second.
/// </summary>
public static class BackboneFingerprint
{
    private const int Blocks = 16;
    private const int BlockBytes = 4096;

    /// <summary>The fingerprint, as 64 hexadecimal digits.</summary>
    public static string Of(LlamaConfig config, SafetensorsFolder files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append($"llama {config.Heads} {config.KeyValueHeads} {config.HeadSize} {config.NormEpsilon:R} {config.RopeTheta:R}");
        if (config.RopeScaling is { } scaling)
        {
            Append(scaling.Text);
        }

        if (config.Windows.Any(window => window is not null))
        {
            Append($"windows {string.Join(' ', config.Windows.Select(window => window ?? 0))}");
        }

        foreach (var entry in files.Tensors.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Append($"{entry.Name} {entry.Dtype} {entry.ShapeText}");
            var file = files.FileOf(entry.Name);
            if (entry.Length <= Blocks * BlockBytes)
            {
                hash.AppendData(file.Bytes(entry.Name));
                continue;
            }

            for (var block = 0; block < Blocks; block++)
            {
                var start = (entry.Length - BlockBytes) * block / (Blocks - 1);
                hash.AppendData(file.Bytes(entry.Name, start, BlockBytes));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
