namespace MoR.Coordinator.Planning;

/// <summary>What a dispatch point costs for one token in one direction, in operations (a multiplication and an addition are two).
/// </summary>
/// <param name="Frozen">Products with frozen weights.</param>
/// <param name="Experts">Products of LoRA experts.</param>
/// <param name="Others">Attention and routers.</param>
/// <param name="Values">Values of activations that are read or written around the products.</param>
internal readonly record struct PointWork(double Frozen, double Experts, double Others, double Values)
{
    /// <summary>All operations.</summary>
    public double Operations => Frozen + Experts + Others;
}
