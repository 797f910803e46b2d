namespace MoR.Cluster.Protocol;

/// <summary>Asks a shard for Δ = (α/r)·((x Aᵀ) ⊙ gates) Bᵀ at one dispatch point.</summary>
/// <param name="Key">Names the request.</param>
/// <param name="ShardVersion">The step whose commit made the parameters that must be used.</param>
/// <param name="Rows">The dispatch activation's rows that chose an expert of this shard; [n, in].</param>
/// <param name="Routes">The routes; each linear names one by position.</param>
/// <param name="RouteOfTarget">Per target linear of the dispatch point (in the backbone's order), its route, or -1 when
/// the linear has no experts or none of this shard was chosen for it.</param>
public sealed record ForwardRequest(
    RequestKey Key,
    long ShardVersion,
    TensorPayload Rows,
    IReadOnlyList<Route> Routes,
    IReadOnlyList<int> RouteOfTarget) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Rows.Dispose();
        foreach (var route in Routes)
        {
            route.Dispose();
        }
    }
}

/// <summary>The Δ rows of one shard, summed per row.</summary>
/// <param name="Key">The request's key.</param>
/// <param name="Deltas">Per target linear: [rows of its route, out], or null where its route is -1.</param>
public sealed record ForwardReply(RequestKey Key, IReadOnlyList<TensorPayload?> Deltas) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var delta in Deltas)
        {
            delta?.Dispose();
        }
    }
}

/// <summary>Asks a shard for the gradients of a forward request.</summary>
/// <param name="Key">Names the request.</param>
/// <param name="Forward">What forward carried, so that nothing needs to be remembered to answer.</param>
/// <param name="DeltaGradients">Per target linear: ∂L/∂Δ, [rows of its route, out], or null where its route is -1.</param>
/// <param name="NeedsInputGradient">False where nothing before the dispatch point learns.</param>
/// <param name="NeedsGateGradients">False where the gates are constants.</param>
public sealed record BackwardRequest(
    RequestKey Key,
    ForwardRequest Forward,
    IReadOnlyList<TensorPayload?> DeltaGradients,
    bool NeedsInputGradient,
    bool NeedsGateGradients) : IDisposable
{
    /// <summary>Frees the gradients; <see cref="Forward"/> has an owner of its own.</summary>
    public void Dispose()
    {
        foreach (var gradient in DeltaGradients)
        {
            gradient?.Dispose();
        }
    }
}

/// <summary>Gradients of one shard: what the critical path waits for, and a promise of the rest.</summary>
/// <param name="Key">The request's key.</param>
/// <param name="InputGradient">∂L/∂x of the request's rows, [n, in], or null if it was not asked for.</param>
/// <param name="GateGradients">Per route ∂L/∂gate, [m], or empty if they were not asked for.</param>
/// <param name="ParameterGradients">∂L/∂A and ∂L/∂B, which nobody upstream waits for.</param>
public sealed record BackwardReply(
    RequestKey Key,
    TensorPayload? InputGradient,
    IReadOnlyList<TensorPayload> GateGradients,
    Task<IReadOnlyList<ExpertGradient>> ParameterGradients) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        InputGradient?.Dispose();
        foreach (var gradient in GateGradients)
        {
            gradient.Dispose();
        }
    }
}

/// <summary>Gradient of one LoRA expert of one linear.</summary>
/// <param name="Target">Position of the linear at its dispatch point.</param>
/// <param name="Expert">The expert, numbered within the layer.</param>
/// <param name="A">∂L/∂A, [rank, in].</param>
/// <param name="B">∂L/∂B, [out, rank].</param>
public sealed record ExpertGradient(int Target, int Expert, TensorPayload A, TensorPayload B) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
