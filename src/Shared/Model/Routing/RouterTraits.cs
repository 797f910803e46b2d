namespace MoR.Model.Routing;

/// <summary>What a router decides over, and what it needs to see; the taxonomy follows the MoErging survey's axes.</summary>
/// <param name="Causal">Gates of a token depend on that token and earlier ones only. Routers that look ahead leak labels
/// in causal-LM training and are refused unless the recipe says <c>router.allow_non_causal: true</c>.</param>
/// <param name="Form">Token-choice gates or slots.</param>
/// <param name="NeedsAttentionMap">Wants the attention probabilities of the block.</param>
/// <param name="NeedsTaskIds">Wants the task of each sequence.</param>
/// <param name="NeedsSequenceEmbedding">Wants one vector per sequence.</param>
public sealed record RouterTraits(
    bool Causal,
    RoutingForm Form = RoutingForm.TokenChoice,
    bool NeedsAttentionMap = false,
    bool NeedsTaskIds = false,
    bool NeedsSequenceEmbedding = false);
