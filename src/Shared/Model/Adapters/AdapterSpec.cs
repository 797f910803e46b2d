using MoR.Model.Routing;

namespace MoR.Model.Adapters;

/// <summary>Everything that decides an adapter's parameters and its function.</summary>
/// <param name="Experts">The experts.</param>
/// <param name="Router">What chooses among them.</param>
public sealed record AdapterSpec(ExpertSpec Experts, RouterSpec Router)
{
    /// <summary>True for plain LoRA, which has one expert per linear, gate 1 and no router.</summary>
    public bool IsPlainLora => Router.Kind == RouterCatalogue.None;
}
