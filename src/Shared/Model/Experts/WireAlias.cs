using MoR.Cluster.Protocol.Wire;

namespace MoR.Model.Experts;

/// <summary>A message under another owner, because reading a message takes it over, and a node keeps what it was sent.</summary>
public static class WireAlias
{
    /// <summary>The same memory.</summary>
    public static WireMessage Of(WireMessage message) => new(
        message.Envelope.Clone(), [.. message.Tensors.Select(tensor => ((TorchWireTensor)tensor).Alias())]);
}
