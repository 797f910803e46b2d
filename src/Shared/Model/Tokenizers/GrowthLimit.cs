namespace MoR.Model.Tokenizers;

/// <summary>
/// How much longer a chain of replacements may make a text: enough for every real tokenizer, and too little for a
/// broken file to fill the memory by replacing what was replaced.
/// </summary>
internal static class GrowthLimit
{
    private const int Factor = 64;
    private const int Allowance = 1 << 20;

    public static string Description => $"{Factor} times as many and {Allowance} more";

    public static bool IsExceeded(long lengthBefore, long lengthAfter) =>
        lengthAfter > (Factor * lengthBefore) + Allowance;
}
