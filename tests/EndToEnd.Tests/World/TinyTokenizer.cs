using System.Text.Json;

namespace MoR.EndToEnd.Tests.World;

/// <summary>A byte-level <c>tokenizer.json</c> for printable ASCII with two whole words, written out by hand.</summary>
internal static class TinyTokenizer
{
    /// <summary>Tokens in the order of their ids; 0 ends a text.</summary>
    public static IReadOnlyList<string> Tokens { get; } =
    [
        "<end>", "Ċ", "Ġ",
        .. Enumerable.Range('!', '~' - '!' + 1).Select(code => ((char)code).ToString()),
        "ye", "yes", "no",
    ];

    /// <summary>The file, with as many unused tokens more as are asked for.</summary>
    public static string Json(int unused = 0)
    {
        var tokens = Tokens.Concat(Enumerable.Range(0, unused).Select(index => $"unused{index}"));
        return JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = new object[]
            {
                new
                {
                    id = 0,
                    content = "<end>",
                    single_word = false,
                    lstrip = false,
                    rstrip = false,
                    normalized = false,
                    special = true,
                },
            },
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, use_regex = true },
            decoder = new { type = "ByteLevel" },
            model = new
            {
                type = "BPE",
                vocab = tokens.Index().ToDictionary(entry => entry.Item, entry => entry.Index),
                merges = new[] { "y e", "ye s", "n o" },
            },
        });
    }
}
