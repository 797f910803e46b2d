using MoR.Model.Backbone;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>
/// Output head and loss; the head's input has the gradient dlogits · head. Where there are targets, rows go through in chunks,
/// so that no more logits exist at a time than the threads work on.
/// </summary>
public sealed class LanguageModelHead : IDisposable
{
    /// <summary>Rows of a chunk. Another value is another numerics.</summary>
    public const int ChunkRows = 128;

    internal LanguageModelHead(
        LlamaBackbone backbone, PackedBatch batch, Tensor x_ND, bool training, long stepTargets, MathPool pool)
    {
        if (batch.Targets.Length == 0 && !training)
        {
            Logits = backbone.InferenceHead(x_ND).DetachFromDisposeScope();
            return;
        }

        var losses = new NextTokenLoss[(batch.Targets.Length + ChunkRows - 1) / ChunkRows];
        InputGradient = training ? empty_like(x_ND).DetachFromDisposeScope() : null;
        pool.For(losses.Length, chunk =>
        {
            var first = chunk * ChunkRows;
            var targets = batch.Targets.AsSpan(first, Math.Min(ChunkRows, batch.Targets.Length - first));
            var logits_NV = backbone.Head(x_ND.narrow(0, first, targets.Length));
            if (InputGradient is null)
            {
                losses[chunk] = NextTokenLoss.Evaluate(logits_NV, targets, stepTargets);
                return;
            }

            losses[chunk] = NextTokenLoss.Differentiate(logits_NV, targets, stepTargets);
            InputGradient.narrow(0, first, targets.Length).copy_(backbone.HeadBackward(logits_NV));
        });
        LogLikelihoods = [.. losses.SelectMany(loss => loss.LogLikelihoods)];
        Loss = losses.Sum(loss => loss.Value);
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
