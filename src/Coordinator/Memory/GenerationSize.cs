namespace MoR.Coordinator.Memory;

/// <summary>Texts that are continued together.</summary>
/// <param name="Prompt">The pass that reads their prompts, one row of logits each; the later passes read a token each.</param>
/// <param name="CacheTokens">Tokens that their key/value caches have room for, together.</param>
internal readonly record struct GenerationSize(PassSize Prompt, long CacheTokens);
