using MoR.Model.Safetensors;

namespace MoR.Model.TorchFiles;

/// <summary>A block of values that tensors of a <c>torch.save</c> file are views of.</summary>
/// <param name="Key">Names the entry <c>data/{key}</c>.</param>
/// <param name="Dtype">Type of the values.</param>
internal sealed record PickledStorage(string Key, SafetensorsDtype Dtype);
