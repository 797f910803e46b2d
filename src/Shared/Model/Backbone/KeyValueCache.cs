using static TorchSharp.torch;

namespace MoR.Model.Backbone;

/// <summary>Keys and values of the tokens so far, per layer, of one sequence that is being generated.</summary>
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys_KSC;
    private readonly Tensor[] _values_KSC;
    private readonly int[] _length;

    /// <summary>Room for <paramref name="capacity"/> tokens.</summary>
    public KeyValueCache(LlamaConfig config, int capacity, ScalarType dtype, Device device)
    {
        Capacity = capacity;
        long[] shape = [config.KeyValueHeads, capacity, config.HeadSize];
        _keys_KSC = [.. Enumerable.Range(0, config.Layers).Select(_ => zeros(shape, dtype, device).DetachFromDisposeScope())];
        _values_KSC = [.. Enumerable.Range(0, config.Layers).Select(_ => zeros(shape, dtype, device).DetachFromDisposeScope())];
        _length = new int[config.Layers];
    }

    /// <summary>Tokens that fit.</summary>
    public int Capacity { get; }

    /// <summary>The mean embedding of the prompt that began the sequence, for routers that ask; [D].</summary>
    public Tensor? PromptEmbedding_D { get; set; }

    /// <summary>Tokens held.</summary>
    public int Length => _length[^1];

    /// <summary>Adds the rows of new tokens and returns all keys and values so far, each [K, S, C].</summary>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys_KSC, Tensor values_KSC)
    {
        var (held, added) = (_length[layer], (int)keys_KSC.shape[1]);
        if (held + added > Capacity)
        {
            throw new InvalidOperationException($"the cache holds {Capacity} tokens, {held + added} are needed");
        }

        _keys_KSC[layer].narrow(1, held, added).copy_(keys_KSC);
        _values_KSC[layer].narrow(1, held, added).copy_(values_KSC);
        _length[layer] = held + added;
        return (_keys_KSC[layer].narrow(1, 0, held + added), _values_KSC[layer].narrow(1, 0, held + added));
    }

    /// <summary>Makes room for one more token of a layer, which the caller writes behind those that are held.</summary>
    internal (Tensor Keys, Tensor Values, int Held) Extend(int layer)
    {
        var held = _length[layer];
        if (held == Capacity)
        {
            throw new InvalidOperationException($"the cache holds {Capacity} tokens, {held + 1} are needed");
        }

        _length[layer] = held + 1;
        return (_keys_KSC[layer], _values_KSC[layer], held);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        PromptEmbedding_D?.Dispose();
        foreach (var tensor in _keys_KSC.Concat(_values_KSC))
        {
            tensor.Dispose();
        }
    }
}
