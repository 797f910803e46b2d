using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>Output head and loss; the head's input has the gradient dlogits · head.</summary>
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

        var loss = new NextTokenLoss(logits_NV, batch.Targets, stepTargets);
        LogLikelihoods = loss.LogLikelihoods;
        Loss = loss.Value;
        if (training)
        {
            InputGradient = backbone.HeadBackward(loss.LogitsGradient()).DetachFromDisposeScope();
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
