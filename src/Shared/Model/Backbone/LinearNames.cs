namespace MoR.Model.Backbone;

/// <summary>Names of linears and sites in files and recipes.</summary>
public static class LinearNames
{
    private static readonly string[] Short =
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>All linears by their short names, in the backbone's order.</summary>
    public static IReadOnlyList<string> All => Short;

    /// <summary>The name in recipes and in PEFT's <c>target_modules</c>, such as <c>q_proj</c>.</summary>
    public static string ShortName(this Linear linear) => Short[(int)linear];

    /// <summary>The name within a layer, such as <c>self_attn.q_proj</c>.</summary>
    public static string Path(this Linear linear) =>
        (linear <= Linear.OProj ? "self_attn." : "mlp.") + linear.ShortName();

    /// <summary>The name of a dispatch point within a layer, such as <c>self_attn.qkv</c>.</summary>
    public static string Path(this Site site) => site switch
    {
        Site.Qkv => "self_attn.qkv",
        Site.O => "self_attn.o",
        Site.GateUp => "mlp.gate_up",
        Site.Down => "mlp.down",
        _ => throw new ArgumentOutOfRangeException(nameof(site), site, null),
    };

    /// <summary>The linear of a short name, or null.</summary>
    public static Linear? Parse(string shortName)
    {
        var index = Array.IndexOf(Short, shortName);
        return index < 0 ? null : (Linear)index;
    }
}
