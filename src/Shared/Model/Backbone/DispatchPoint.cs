namespace MoR.Model.Backbone;

/// <summary>One activation shared by several linears: layer and site, numbered 4 · layer + site.</summary>
public readonly record struct DispatchPoint(int Layer, Site Site)
{
    /// <summary>Dispatch points of one layer.</summary>
    public const int PerLayer = 4;

    private static readonly Linear[][] LinearsBySite =
        [[Linear.QProj, Linear.KProj, Linear.VProj], [Linear.OProj], [Linear.GateProj, Linear.UpProj], [Linear.DownProj]];

    /// <summary>The dispatch point at a position in the backbone.</summary>
    public static DispatchPoint At(int index) => new(index / PerLayer, (Site)(index % PerLayer));

    /// <summary>Position in the backbone, from 0.</summary>
    public int Index => (Layer * PerLayer) + (int)Site;

    /// <summary>The linears that read the activation, in the backbone's order; a linear's place here is its target
    /// number in requests.</summary>
    public IReadOnlyList<Linear> Linears => LinearsBySite[(int)Site];
}
