using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// Output head and loss: logits z, negative log-likelihood of the targets divided by the step's number of targets, and its
/// gradient (softmax(z) − onehot)/targets · head, written out.
/// </summary>
public sealed class LanguageModelHead : IDisposable
{
    internal LanguageModelHead(
        LlamaBackbone backbone, PackedBatch batch, Tensor x_ND, bool training, long stepTargets)
    {
        using var scope = NewDisposeScope();
        using var noHistory = no_grad();
        var logits_NV = backbone.Head(x_ND);
        if (batch.Targets.Length == 0)
        {
            Logits = logits_NV.DetachFromDisposeScope();
            return;
        }

        var targets_N1 = tensor(Array.ConvertAll(batch.Targets, target => (long)target)).to(x_ND.device).unsqueeze(1);
        var logProbabilities_NV = nn.functional.log_softmax(logits_NV, -1);
        LogLikelihoods = [.. logProbabilities_NV.gather(1, targets_N1).to(float64).cpu().view(-1).data<double>()];
        Loss = -LogLikelihoods.Sum() / stepTargets;
        if (training)
        {
            var dLogits_NV = logProbabilities_NV.exp();
            dLogits_NV.scatter_add_(1, targets_N1, full_like(targets_N1, -1, dLogits_NV.dtype));
            InputGradient = backbone.HeadBackward(dLogits_NV.mul_(1.0 / stepTargets)).DetachFromDisposeScope();
        }
    }

    /// <summary>Logits of the batch's rows, [N, vocabulary], where it has no targets.</summary>
    public Tensor? Logits { get; }

    /// <summary>log p(target) per row in nats, where the batch has targets; [N].</summary>
    public IReadOnlyList<double> LogLikelihoods { get; } = [];

    /// <summary>This batch's part of the step's mean negative log-likelihood.</summary>
    public double Loss { get; }

    /// <summary>∂L/∂x of the head's input; [N, D].</summary>
    internal Tensor? InputGradient { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Logits?.Dispose();
        InputGradient?.Dispose();
    }
}
