using System.Globalization;

namespace MoR.Coordinator.Reports;

/// <summary>Router sites in the order in which a token meets them: by block, then along the block.</summary>
internal sealed class SiteOrder : IComparer<string>
{
    private static readonly string[] alongBlock =
    [
        "block", "self_attn.qkv", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o",
        "self_attn.o_proj", "mlp.gate_up", "mlp.gate_proj", "mlp.up_proj", "mlp.down", "mlp.down_proj",
    ];

    public static SiteOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var (a, b) = (Key(x ?? ""), Key(y ?? ""));
        return a.CompareTo(b) is var difference and not 0 ? difference : string.CompareOrdinal(x, y);
    }

    /// <summary>The numbers of "layers.12.self_attn.qkv"; what is unknown comes last.</summary>
    private static (int Block, int Place) Key(string site)
    {
        var parts = site.Split('.', 3);
        var isKnown = parts.Length == 3
            & int.TryParse(parts.ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var block);
        var place = isKnown ? Array.IndexOf(alongBlock, parts[2]) : -1;
        return (isKnown ? block : int.MaxValue, place < 0 ? int.MaxValue : place);
    }
}
