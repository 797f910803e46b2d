using MoR.Model.Tokenizers.Json;
using MoR.Model.Tokenizers.Normalizers;

namespace MoR.Model.Tokenizers;

/// <summary>The added tokens of a tokenizer: by id, by content, and as what cuts a text.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<int, AddedToken> byId = [];
    private readonly OrderedDictionary<string, AddedToken> byContent = [];

    private AddedVocabulary()
    {
    }

    public IEnumerable<int> Ids => byId.Keys;

    /// <summary>Finds the tokens that are looked for in the text as it was given; null where there are none.</summary>
    public AddedTokenFinder? BeforeNormalizing { get; private set; }

    /// <summary>Finds the tokens that are looked for in the normalised text; null where there are none.</summary>
    public AddedTokenFinder? AfterNormalizing { get; private set; }

    /// <param name="part">The array <c>added_tokens</c>; null where the file has none.</param>
    /// <param name="vocabulary">The model's own tokens; an added token that is one of them must have its id.</param>
    /// <param name="tokens">The model's tokens by id; an added token that is none of them needs a free id.</param>
    /// <param name="normalizer">What the contents of normalised tokens go through.</param>
    public static AddedVocabulary Read(
        JsonPart? part,
        IReadOnlyDictionary<string, int> vocabulary,
        IReadOnlyDictionary<int, string> tokens,
        NormalizerPipeline normalizer)
    {
        var result = new AddedVocabulary();
        foreach (var entry in part?.Items() ?? [])
        {
            result.Add(entry, vocabulary, tokens);
        }

        result.BuildFinders(part, normalizer);
        return result;
    }

    public AddedToken? Find(int id) => byId.GetValueOrDefault(id);

    public AddedToken? Find(string content) => byContent.TryGetValue(content, out var token) ? token : null;

    private void Add(
        JsonPart entry, IReadOnlyDictionary<string, int> vocabulary, IReadOnlyDictionary<int, string> tokens)
    {
        entry.RefuseOtherKeys("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var token = new AddedToken(
            entry.Get("id").Integer(0, Tokenizer.HighestId),
            entry.Get("content").Text(),
            entry.Get("special").Boolean(),
            entry.Get("normalized").Boolean(),
            entry.Get("single_word").Boolean(),
            entry.Get("lstrip").Boolean(),
            entry.Get("rstrip").Boolean());
        if (token.Content.Length == 0)
        {
            throw entry.Get("content").Error("an added token cannot be empty");
        }

        var holder = byId.TryGetValue(token.Id, out var earlier) ? earlier.Content : tokens.GetValueOrDefault(token.Id);
        if (holder is not null && holder != token.Content)
        {
            throw entry.Get("id").Error($"the id {token.Id} is already that of {JsonPart.Quote(holder)}");
        }

        var declared = byContent.TryGetValue(token.Content, out var same)
            ? same.Id
            : vocabulary.GetValueOrDefault(token.Content, token.Id);
        if (declared != token.Id)
        {
            throw entry.Get("id").Error(
                $"{entry.Get("content").Quote()} has the id {token.Id} here but {declared} elsewhere in the file");
        }

        byId[token.Id] = token;
        byContent[token.Content] = token;
    }

    private void BuildFinders(JsonPart? part, NormalizerPipeline normalizer)
    {
        var before = new Dictionary<string, AddedToken>();
        var after = new Dictionary<string, AddedToken>();
        foreach (var (content, token) in byContent)
        {
            if (!token.IsNormalized)
            {
                before[content] = token;
                continue;
            }

            var normalized = normalizer.Normalize(content);
            if (normalized.Length == 0)
            {
                throw part!.Value.Error(
                    $"the normalizer leaves nothing of the added token {JsonPart.Quote(content)} to be found in a text",
                    "Give that token normalized: false.");
            }

            after.TryAdd(normalized, token);
        }

        BeforeNormalizing = before.Count == 0 ? null : new AddedTokenFinder(before);
        AfterNormalizing = after.Count == 0 ? null : new AddedTokenFinder(after);
    }
}
