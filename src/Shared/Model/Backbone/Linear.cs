namespace MoR.Model.Backbone;

/// <summary>The seven linears of a Llama block, in the order in which a block applies them.</summary>
public enum Linear
{
    QProj,
    KProj,
    VProj,
    OProj,
    GateProj,
    UpProj,
    DownProj,
}
