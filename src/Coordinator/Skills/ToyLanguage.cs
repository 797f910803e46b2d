using MoR.Cluster.Random;

namespace MoR.Coordinator.Skills;

/// <summary>
/// Sentences in two languages: a little English (subject, verb, object; adjectives before nouns), and a toy language of
/// invented words (subject, object, verb; adjectives after nouns).
/// </summary>
internal static class ToyLanguage
{
    private static readonly (string English, string Toy)[] Nouns =
        [("cat", "mipo"), ("dog", "ruta"), ("bird", "lefi"), ("king", "boda"), ("girl", "nelu"), ("wolf", "gora")];

    private static readonly (string English, string Toy)[] Verbs =
        [("sees", "vami"), ("likes", "tosu"), ("hears", "pilo"), ("finds", "duke")];

    private static readonly (string English, string Toy)[] Adjectives =
        [("big", "ka"), ("old", "wo"), ("red", "ji"), ("sad", "pe")];

    /// <summary>A sentence in both languages.</summary>
    public static (string English, string Toy) NextSentence(ref this CounterRandom random)
    {
        var subject = NextNounPhrase(ref random);
        var verb = random.NextOf<(string English, string Toy)>(Verbs);
        var @object = NextNounPhrase(ref random);
        return (
            $"{subject.English} {verb.English} {@object.English}",
            $"{subject.Toy} {@object.Toy} {verb.Toy}");
    }

    private static (string English, string Toy) NextNounPhrase(ref CounterRandom random)
    {
        var noun = random.NextOf<(string English, string Toy)>(Nouns);
        if (random.NextBelow(2) == 0)
        {
            return noun;
        }

        var adjective = random.NextOf<(string English, string Toy)>(Adjectives);
        return ($"{adjective.English} {noun.English}", $"{noun.Toy} {adjective.Toy}");
    }
}
