namespace MoR.Torch;

/// <summary>What a model's logits say of the tokens that were to be predicted.</summary>
/// <param name="LogLikelihoods">log p(target) per row in nats; [N].</param>
/// <param name="Hits">Whether no other token is likelier, the first of equals counting; [N].</param>
public sealed record TokenScores(double[] LogLikelihoods, bool[] Hits);
