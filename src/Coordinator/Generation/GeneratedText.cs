namespace MoR.Coordinator.Generation;

/// <summary>What was generated.</summary>
/// <param name="Text">The new text.</param>
/// <param name="Tokens">The new tokens, without the one that ended the text.</param>
/// <param name="Stop">Why it stopped: <c>end_of_text</c>, <c>line_end</c>, <c>max_tokens</c> or <c>max_positions</c>.</param>
public sealed record GeneratedText(string Text, IReadOnlyList<int> Tokens, string Stop);
