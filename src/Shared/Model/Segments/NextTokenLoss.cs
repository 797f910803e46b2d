using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// The loss of logits: negative log-likelihood of the targets divided by the step's number of targets. It works where the
/// logits lie, and spoils them.
/// </summary>
internal sealed class NextTokenLoss
{
    private readonly TokenScores _scores;

    private NextTokenLoss(TokenScores scores, long stepTargets)
    {
        _scores = scores;
        Value = -scores.LogLikelihoods.Sum() / stepTargets;
    }

    /// <summary>log p(target) per row in nats; [N].</summary>
    public double[] LogLikelihoods => _scores.LogLikelihoods;

    /// <summary>This batch's part of the step's mean negative log-likelihood.</summary>
    public double Value { get; }

    /// <summary>Rows whose most likely token is the target; the first of equals counts.</summary>
    public long Hits => _scores.Hits.LongCount(hit => hit);

    /// <summary>The loss alone.</summary>
    /// <param name="logits_NV">Logits; [N, vocabulary].</param>
    /// <param name="targets">The token that follows each row; [N].</param>
    /// <param name="stepTargets">Targets of the whole step.</param>
    public static NextTokenLoss Evaluate(Tensor logits_NV, ReadOnlySpan<int> targets, long stepTargets) =>
        new(TensorKernels.Current.NextToken(logits_NV.detach(), targets, 0), stepTargets);

    /// <summary>The loss, and the logits become its gradient (softmax − onehot) / targets.</summary>
    public static NextTokenLoss Differentiate(Tensor logits_NV, ReadOnlySpan<int> targets, long stepTargets) =>
        new(TensorKernels.Current.NextToken(logits_NV.detach(), targets, 1.0 / stepTargets), stepTargets);
}
