namespace MoR.Cluster.Protocol.Wire;

/// <summary>A message with its tensors; owns them. The envelope's heads are those of the tensors.</summary>
public sealed class WireMessage : IDisposable
{
    /// <summary>A message to send; writes the heads.</summary>
    public WireMessage(Envelope envelope, params IReadOnlyList<WireTensor> tensors)
    {
        (Envelope, Tensors) = (envelope, tensors);
        envelope.Tensors.Clear();
        foreach (var tensor in tensors)
        {
            envelope.Tensors.Add(new TensorHead { Type = tensor.Type, Shape = { tensor.Shape } });
        }
    }

    /// <summary>What it says.</summary>
    public Envelope Envelope { get; }

    /// <summary>Its tensors.</summary>
    public IReadOnlyList<WireTensor> Tensors { get; }

    /// <summary>Bytes of its tensors.</summary>
    public long TensorBytes => Tensors.Sum(tensor => tensor.ByteCount);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
        {
            tensor.Dispose();
        }
    }
}
