namespace MoR.Coordinator.Runs;

/// <summary>One file of a checkpoint to be saved.</summary>
/// <param name="Name">A plain file name, such as <c>adapter.safetensors</c>.</param>
/// <param name="Write">Writes the content; equal states must write equal bytes.</param>
public sealed record CheckpointFile(string Name, Action<Stream> Write);
