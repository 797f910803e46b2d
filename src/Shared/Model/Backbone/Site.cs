namespace MoR.Model.Backbone;

/// <summary>The four dispatch points of a Llama block: linears that read the same activation.</summary>
public enum Site
{
    Qkv,
    O,
    GateUp,
    Down,
}
