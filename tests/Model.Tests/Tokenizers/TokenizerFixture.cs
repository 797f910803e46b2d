using System.Text;
using System.Text.Json;
using MoR.Model.Tokenizers;
using MoR.Model.Tokenizers.Json;

namespace MoR.Model.Tests.Tokenizers;

/// <summary>Small tokenizers, made of parts that a test chooses.</summary>
internal static class TokenizerFixture
{
    public const string Name = "small/tokenizer.json";

    /// <summary>
    /// A byte-level tokenizer with something of most kinds: the base of the tests that break it in one place.
    /// </summary>
    public const string Whole = """
        {"version":"1.0","truncation":null,"padding":null,
        "added_tokens":[
        {"id":20,"content":"<s>","single_word":false,"lstrip":false,"rstrip":true,"normalized":false,"special":true},
        {"id":21,"content":"low","single_word":true,"lstrip":true,"rstrip":false,"normalized":true,"special":false}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},
        {"type":"Strip","strip_left":false,"strip_right":true},
        {"type":"Replace","pattern":{"Regex":"b+"},"content":"b"},{"type":"Lowercase"}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},
        {"type":"Split","pattern":{"Regex":"\\s+(?!\\S)|[^,]+"},"behavior":"Isolated","invert":false},
        {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},
        {"Sequence":{"id":"A","type_id":0}}],"pair":[],
        "special_tokens":{"<s>":{"id":"<s>","ids":[20],"tokens":["<s>"]}}},
        "decoder":{"type":"Sequence","decoders":[{"type":"ByteLevel"},
        {"type":"Strip","content":" ","start":1,"stop":0}]},
        "model":{"type":"BPE","dropout":null,"unk_token":"?","continuing_subword_prefix":"","end_of_word_suffix":null,
        "fuse_unk":true,"byte_fallback":true,"ignore_merges":false,
        "vocab":{"?":0,"a":1,"b":2,"c":3,"\u0120":4,"1":5,",":6,"ab":7,"abc":8,"\u0120a":9,"\u0120abc":10,"<0xC3>":11},
        "merges":["a b",["ab","c"],["\u0120","a"],["\u0120","abc"]]}}
        """;

    /// <summary>A tokenizer of BPE with the given tokens, ids in their order, and merges "left right".</summary>
    public static Tokenizer Build(
        string[] tokens,
        string[]? merges = null,
        string model = "",
        string added = "[]",
        string normalizer = "null",
        string preTokenizer = "null",
        string postProcessor = "null",
        string decoder = "null")
    {
        var vocabulary = JsonSerializer.Serialize(
            tokens.Index().ToDictionary(entry => entry.Item, entry => entry.Index));
        return Parse($$"""
            {"added_tokens":{{added}},"normalizer":{{normalizer}},"pre_tokenizer":{{preTokenizer}},
            "post_processor":{{postProcessor}},"decoder":{{decoder}},
            "model":{ {{model}} "vocab":{{vocabulary}},"merges":{{JsonSerializer.Serialize(merges ?? [])}} } }
            """);
    }

    public static string AddedToken(
        int id,
        string content,
        bool special = false,
        bool normalized = false,
        bool singleWord = false,
        bool stripLeft = false,
        bool stripRight = false) => JsonSerializer.Serialize(new
        {
            id,
            content,
            single_word = singleWord,
            lstrip = stripLeft,
            rstrip = stripRight,
            normalized,
            special,
        });

    public static Tokenizer Parse(string json, Action<string>? notice = null) =>
        Tokenizer.Parse(Encoding.UTF8.GetBytes(json), Name, notice);

    /// <summary>The tokens that a text becomes, without those of the template.</summary>
    public static string[] Tokens(Tokenizer tokenizer, string text) =>
        [.. tokenizer.Encode(text, addSpecialTokens: false).Select(id => tokenizer.IdToToken(id)!)];

    public static JsonPart Part(string json) => new(JsonDocument.Parse(json).RootElement, "part", Name);
}
