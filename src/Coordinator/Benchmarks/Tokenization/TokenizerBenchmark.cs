using System.Text;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Model.Tokenizers;

namespace MoR.Coordinator.Benchmarks.Tokenization;

/// <summary>
/// Tokenizers on one thread: encoding as training does it once (a tokenizer that has seen nothing), again with the words it
/// remembers, and decoding. No other implementation is part of Debian, so what they are beside is the regular expression and the
/// bytes alone: the demo's tokenizer, which has no merges.
/// </summary>
internal sealed class TokenizerBenchmark : IBenchmark
{
    private const string DataVariable = "MOR_TEST_DATA";
    private const string First = "encode, first time", Again = "encode, again", Decode = "decode";
    private const string Bytes = "bytes";
    private const int Merges = 1000;
    private const int LearnedDocuments = 40;
    private static readonly string[] Contenders = [First, Again, Decode];

    /// <inheritdoc/>
    public string Name => "tokenizer";

    /// <inheritdoc/>
    public string Description => "encoding and decoding of text, beside a tokenizer without merges";

    /// <inheritdoc/>
    public async Task<JsonObject> RunAsync(BenchmarkRun run, CancellationToken stop)
    {
        var documents = MadeText.Documents(run.Shape == BenchmarkShape.Demo ? 200 : 3000);
        var results = new List<Result>();
        foreach (var (name, content) in Files(documents))
        {
            results.Add(await MeasureAsync(name, content, documents, run, stop));
        }

        run.Terminal.Progress("");
        return Report(results, run);
    }

    private static IEnumerable<(string Name, byte[] Content)> Files(IReadOnlyList<string> documents)
    {
        var path = Path.Combine(
            ShippedFolder.Find("demo") ?? throw new InputException("demo", "it does not lie beside the program", "Run mor from a clone."),
            "backbone",
            "tokenizer.json");
        var plain = File.ReadAllBytes(path);
        yield return (Bytes, plain);
        var file = JsonNode.Parse(plain)!.AsObject();
        var learned = LearnedTokenizer.Of(file, Words(plain, documents.Take(LearnedDocuments)), Merges);
        yield return ($"bpe of {Merges} merges", Encoding.UTF8.GetBytes(learned.ToJsonString()));
        var data = Environment.GetEnvironmentVariable(DataVariable);
        foreach (var name in data is null ? [] : new[] { "gpt2", "mistral-7b-v0.3" })
        {
            var real = Path.Combine(data!, "tokenizers", name, "tokenizer.json");
            if (File.Exists(real))
            {
                yield return (name, File.ReadAllBytes(real));
            }
        }
    }

    /// <summary>Words as the vocabulary spells them: the tokens of bytes between spaces, each with the space before it.</summary>
    private static Dictionary<string, int> Words(byte[] plain, IEnumerable<string> documents)
    {
        var tokenizer = Tokenizer.Parse(plain, Bytes);
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var word in documents.SelectMany(document => document.Split(' ')))
        {
            var spelled = string.Concat(tokenizer.Encode(" " + word, addSpecialTokens: false).Select(tokenizer.IdToToken));
            words[spelled] = words.GetValueOrDefault(spelled) + 1;
        }

        return words;
    }

    private static async Task<Result> MeasureAsync(
        string name, byte[] content, IReadOnlyList<string> documents, BenchmarkRun run, CancellationToken stop)
    {
        var warm = Tokenizer.Parse(content, name);
        int[][] ids = [.. documents.Select(document => warm.Encode(document, addSpecialTokens: false))];
        for (var i = 0; i < ids.Length; i++)
        {
            if (warm.Decode(ids[i]) != documents[i])
            {
                throw new RunException(
                    name, $"document {i} is another after encoding and decoding", "This is a mistake of the tokenizer: run ./mor test.");
            }
        }

        IContender[] contenders =
        [
            new TokenizerContender(First, run.Time, () =>
            {
                var cold = Tokenizer.Parse(content, name);
                return () => Encode(cold, documents);
            }),
            new TokenizerContender(Again, run.Time, () => () => Encode(warm, documents)),
            new TokenizerContender(Decode, run.Time, () => () =>
            {
                foreach (var document in ids)
                {
                    warm.Decode(document);
                }
            }),
        ];
        var contest = await Contest.HoldAsync(
            contenders, 1, run.Rounds, turn => run.Terminal.Progress($"{name}, {turn}"), stop);
        return new Result(
            name, documents.Sum(document => (long)Encoding.UTF8.GetByteCount(document)), ids.Sum(document => (long)document.Length),
            contest);
    }

    private static void Encode(Tokenizer tokenizer, IReadOnlyList<string> documents)
    {
        foreach (var document in documents)
        {
            tokenizer.Encode(document, addSpecialTokens: false);
        }
    }

    private static JsonObject Report(List<Result> results, BenchmarkRun run)
    {
        run.Terminal.Table(
            $"tokenizer: {results[0].Bytes / 1e6:0.00} MB of made text, one thread, {run.Rounds} rounds; MB/s (least to most)",
            ["tokenizer", "bytes per token", .. Contenders],
            results.Select(result => (IReadOnlyList<string>)
            [
                result.Name,
                $"{(double)result.Bytes / result.Tokens:0.00}",
                .. Contenders.Select(name => result.Speed(name).Text("0.0")),
            ]));
        run.Terminal.Line("every document is itself after encoding and decoding; there is no tokenizer in Debian's Python beside these");
        return new JsonObject
        {
            ["bytes"] = results[0].Bytes,
            ["megabytes_per_second"] = results[1].Speed(First).Median,
            ["baseline"] = Bytes,
            ["tokenizers"] = new JsonObject(results.Select(result => KeyValuePair.Create(
                result.Name,
                (JsonNode?)new JsonObject
                {
                    ["bytes_per_token"] = (double)result.Bytes / result.Tokens,
                    ["megabytes_per_second"] = new JsonObject(Contenders.Select(name =>
                        KeyValuePair.Create(name, (JsonNode?)result.Speed(name).ToJson()))),
                }))),
        };
    }

    private sealed record Result(string Name, long Bytes, long Tokens, Contest Contest)
    {
        public Samples Speed(string name) => new(Contest.Each(name).Select(seconds => Bytes / seconds / 1e6));
    }
}
