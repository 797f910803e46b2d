namespace MoR.Model.Routing;

/// <summary>One weight matrix of a router at one site, [<paramref name="Rows"/>, in].</summary>
/// <param name="Name">Name below the site in adapter files, such as <c>sub.0</c>.</param>
/// <param name="Rows">Output width.</param>
/// <param name="Zero">True if it starts at zero, false if it starts Kaiming-uniform with a = √5, which is
/// U(−1/√in, 1/√in).</param>
public sealed record RouterWeight(string Name, int Rows, bool Zero);
