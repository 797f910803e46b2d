namespace MoR.Model.Routing;

/// <summary>What a mixture of routers mixes.</summary>
public enum RouterMixing
{
    /// <summary>The sub-routers' probabilities.</summary>
    Probability,

    /// <summary>Their logits. With uniform main weights this is exactly one linear router with the mean matrix.</summary>
    Logit,
}
