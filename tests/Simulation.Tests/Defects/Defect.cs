namespace MoR.Simulation.Tests.Defects;

/// <summary>A mistake that is put into a copy of the source, never into the product.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="Path">The file.</param>
/// <param name="Original">Text that occurs there once.</param>
/// <param name="Mistaken">What stands in its place.</param>
public sealed record Defect(string Name, string Path, string Original, string Mistaken)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
