using MoR.Model.Routing;

namespace MoR.Model.Adapters;

/// <summary>Everything that decides an adapter's parameters and its function.</summary>
/// <param name="Experts">The experts.</param>
/// <param name="Router">What chooses among them.</param>
public sealed record AdapterSpec(ExpertSpec Experts, RouterSpec Router)
{
    /// <summary>True for plain LoRA, which has one expert per linear, gate 1 and no router.</summary>
    public bool IsPlainLora => Router.Kind == RouterCatalogue.None;

    /// <summary>Whether every router still has as many experts as a row chooses when those of some shards are left out.</summary>
    public bool CanDoWithout(IReadOnlyList<int> shards) => !IsPlainLora
        && Enumerable.Range(0, Experts.CountPerLayer.Count).All(layer => Experts.CountWithout(layer, shards) >= Router.TopK);
}
