using MoR.Model.Backbone;
using static TorchSharp.torch;

namespace MoR.Model.Segments;

/// <summary>What some routers want to see beside the activation, kept only if the routing method asks for it.</summary>
internal sealed class RouterHooks(AdaptedModel model, PackedBatch batch, IReadOnlyList<KeyValueCache> caches) : IDisposable
{
    private readonly List<Tensor> _attention = [];
    private Tensor? _promptEmbedding_SD;

    /// <summary>The latest block's attention probabilities; null unless asked for and known.</summary>
    public IReadOnlyList<Tensor>? Attention => _attention.Count > 0 ? _attention : null;

    /// <summary>Where a block's attention leaves its probabilities; null if nobody wants them.</summary>
    public List<Tensor>? OpenAttention()
    {
        CloseAttention();
        return model.Layout.Router is { Traits.NeedsAttentionMap: true } ? _attention : null;
    }

    /// <summary>Keeps the probabilities of the block, out of the current dispose scope.</summary>
    public void KeepAttention() => _attention.ForEach(tensor => tensor.DetachFromDisposeScope());

    /// <summary>Forgets the block's attention: the next block begins.</summary>
    public void CloseAttention()
    {
        _attention.ForEach(tensor => tensor.Dispose());
        _attention.Clear();
    }

    /// <summary>Mean embedding of each prompt, [sequences, D]; the first call of a generation is what later ones see.</summary>
    public Tensor PromptEmbedding()
    {
        if (_promptEmbedding_SD is null)
        {
            using var scope = NewDisposeScope();
            using var noHistory = no_grad();
            var embedded_TD = model.Backbone.Embed(batch.Tokens);
            _promptEmbedding_SD = stack([.. Enumerable.Range(0, batch.Sequences).Select(MeanOf)], 0).DetachFromDisposeScope();

            Tensor MeanOf(int sequence)
            {
                if (caches.Count > 0 && caches[sequence].PromptEmbedding_D is { } known)
                {
                    return known;
                }

                var mean_D = embedded_TD.narrow(0, batch.Starts[sequence], batch.PromptLengths[sequence]).mean([0]);
                if (caches.Count > 0)
                {
                    caches[sequence].PromptEmbedding_D = mean_D.alias().DetachFromDisposeScope();
                }

                return mean_D;
            }
        }

        return _promptEmbedding_SD;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseAttention();
        _promptEmbedding_SD?.Dispose();
    }
}
