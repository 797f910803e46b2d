using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// The loss of logits z, without history: negative log-likelihood of the targets divided by the step's number of targets,
/// and its gradient (softmax(z) − onehot) / targets, written out. Its tensors belong to the caller's dispose scope.
/// </summary>
internal sealed class NextTokenLoss
{
    private readonly Tensor _targets_N1;
    private readonly Tensor _logProbabilities_NV;
    private readonly long _stepTargets;

    /// <param name="logits_NV">Logits; [N, vocabulary].</param>
    /// <param name="targets">The token that follows each row; [N].</param>
    /// <param name="stepTargets">Targets of the whole step.</param>
    public NextTokenLoss(Tensor logits_NV, int[] targets, long stepTargets)
    {
        _stepTargets = stepTargets;
        _targets_N1 = tensor(Array.ConvertAll(targets, target => (long)target)).to(logits_NV.device).unsqueeze(1);
        _logProbabilities_NV = nn.functional.log_softmax(logits_NV, -1);
        LogLikelihoods = [.. _logProbabilities_NV.gather(1, _targets_N1).to(float64).cpu().view(-1).data<double>()];
        Value = -LogLikelihoods.Sum() / stepTargets;
    }

    /// <summary>log p(target) per row in nats; [N].</summary>
    public double[] LogLikelihoods { get; }

    /// <summary>This batch's part of the step's mean negative log-likelihood.</summary>
    public double Value { get; }

    /// <summary>∂L/∂z; [N, vocabulary].</summary>
    public Tensor LogitsGradient()
    {
        var dLogits_NV = _logProbabilities_NV.exp();
        dLogits_NV.scatter_add_(1, _targets_N1, full_like(_targets_N1, -1, dLogits_NV.dtype));
        return dLogits_NV.mul_(1.0 / _stepTargets);
    }

    /// <summary>Rows whose most likely token is the target; the first of equals counts.</summary>
    public long Hits() =>
        _logProbabilities_NV.argmax(1, keepdim: true).eq(_targets_N1).sum().cpu().item<long>();
}
