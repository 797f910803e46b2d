namespace MoR.Coordinator.Configuration.Pretraining;

/// <summary>What tokens that end a text are called.</summary>
public static class TextEndings
{
    /// <summary>Usual names, in the order in which a tokenizer is asked for them.</summary>
    public static IReadOnlyList<string> Usual { get; } =
        ["<|endoftext|>", "</s>", "<|end_of_text|>", "<eos>", "<end>"];

    /// <summary>The same for a sentence.</summary>
    public static string InWords => string.Join(", ", Usual);
}
