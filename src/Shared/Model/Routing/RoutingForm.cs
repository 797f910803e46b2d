namespace MoR.Model.Routing;

/// <summary>How a router's decision reaches the experts.</summary>
public enum RoutingForm
{
    /// <summary>Each token names its experts: gates [T, E].</summary>
    TokenChoice,

    /// <summary>Each expert has slots filled from tokens: dispatch and combine weights [T, E, C].</summary>
    Slots,
}
