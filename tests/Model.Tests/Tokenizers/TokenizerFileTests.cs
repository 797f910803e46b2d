using System.Text;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers;
using static MoR.Model.Tests.Tokenizers.TokenizerFixture;

namespace MoR.Model.Tests.Tokenizers;

public sealed class TokenizerFileTests
{
    [Fact]
    public void The_whole_fixture_works()
    {
        var notices = new List<string>();
        var tokenizer = Parse(Whole, notices.Add);
        Assert.Equal(22, tokenizer.VocabularySize);
        Assert.Equal(
            ["abc", "1", "1", "Ġabc", ",", "low", "<s>", "a"], Tokens(tokenizer, "abbbc11 abc,  LOW <s> A"));
        Assert.Equal([20, 8], tokenizer.Encode("abc"));
        Assert.Equal("abc", tokenizer.Decode(tokenizer.Encode(" abc")));
        Assert.Empty(notices);
    }

    [Fact]
    public void Stored_truncation_and_padding_are_ignored_with_a_notice_each()
    {
        var notices = new List<string>();
        var tokenizer = Parse(
            Whole.Replace("\"truncation\":null", "\"truncation\":{\"max_length\":1}")
                .Replace("\"padding\":null", "\"padding\":{\"strategy\":{\"Fixed\":50}}"),
            notices.Add);
        Assert.Equal([20, 8, 10, 10], tokenizer.Encode("abc abc abc"));
        Assert.Collection(
            notices,
            notice => Assert.StartsWith($"{Name}: the stored truncation is ignored", notice),
            notice => Assert.StartsWith($"{Name}: the stored padding is ignored", notice));
    }

    [Fact]
    public void Half_surrogate_pairs_in_a_text_count_as_the_replacement_character()
    {
        var tokenizer = Build(["a", "\uFFFD", "😀"]);
        Assert.Equal([0, 1, 2, 1], tokenizer.Encode("a\uD83D😀\uDE00"));
    }

    [Theory]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"Unigram\"", "model.type", "Unigram")]
    [InlineData("\"dropout\":null", "\"dropout\":0.1", "model.dropout", "0.1")]
    [InlineData("\"dropout\":null", "\"dropout\":\"x\"", "model.dropout", "\"x\"")]
    [InlineData("\"unk_token\":\"?\"", "\"unk_token\":\"??\"", "model.unk_token", "\"??\"")]
    [InlineData("prefix\":\"\"", "prefix\":\"##\"", "model.continuing_subword_prefix", "##")]
    [InlineData("suffix\":null", "suffix\":\"</w>\"", "model.end_of_word_suffix", "</w>")]
    [InlineData("\"fuse_unk\":true", "\"fuse_unk\":1", "model.fuse_unk", "1 is not true or false")]
    [InlineData("\"ignore_merges\"", "\"ignore_merge\"", "model", "\"ignore_merge\"")]
    [InlineData("\"a\":1,", "\"a\":-1,", "model.vocab[\"a\"]", "-1")]
    [InlineData("\"a\":1,", "\"a\":1e99,", "model.vocab[\"a\"]", "1e99")]
    [InlineData("\"a\":1,", "\"a\":4000000000,", "model.vocab[\"a\"]", "4000000000")]
    [InlineData("\"a\":1,", "\"a\":2,", "model.vocab[\"b\"]", "the id 2")]
    [InlineData("\"a\":1,", "\"\\ud800\":1,", "", "")]
    [InlineData("\"a\":1,", "\"?\":1,", "", "valid JSON")]
    [InlineData("\"a b\"", "\"a  b\"", "model.merges[0]", "\"a  b\"")]
    [InlineData("\"a b\"", "\"a z\"", "model.merges[0]", "\"z\"")]
    [InlineData("\"a b\"", "\"a a\"", "model.merges[0]", "\"a\"")]
    [InlineData("\"a b\"", "7", "model.merges[0]", "7")]
    [InlineData("[\"ab\",\"c\"]", "[\"ab\",\"c\",\"c\"]", "model.merges[1]", "an array")]
    [InlineData("\"version\":\"1.0\"", "\"version\":\"2.0\"", "version", "2.0")]
    [InlineData("\"version\"", "\"versions\"", "", "versions")]
    [InlineData("{\"type\":\"NFC\"}", "{\"type\":\"Nmt\"}", "normalizer.normalizers[0].type", "Nmt")]
    [InlineData("{\"type\":\"NFC\"}", "{\"type\":\"NFC\",\"form\":1}", "normalizer.normalizers[0]", "\"form\"")]
    [InlineData("{\"type\":\"NFC\"}", "null", "normalizer.normalizers[0]", "null")]
    [InlineData("\"Regex\":\"b+\"", "\"Regex\":\"b++\"", "normalizer.normalizers[2].pattern.Regex", "b++")]
    [InlineData("\"Regex\":\"b+\"", "\"String\":\"\"", "normalizer.normalizers[2].pattern.String", "empty")]
    [InlineData("\"Regex\":\"b+\"", "\"Glob\":\"b\"", "normalizer.normalizers[2].pattern", "Glob")]
    [InlineData("\"type\":\"Digits\"", "\"type\":\"BertPreTokenizer\"", "pre_tokenizer.pretokenizers[0].type",
        "BertPreTokenizer")]
    [InlineData("\"behavior\":\"Isolated\"", "\"behavior\":\"Glued\"",
        "pre_tokenizer.pretokenizers[1].behavior", "Glued")]
    [InlineData("{\"type\":\"Digits\",\"individual_digits\":true}",
        "{\"type\":\"Metaspace\",\"replacement\":\"ab\"}", "pre_tokenizer.pretokenizers[0].replacement", "\"ab\"")]
    [InlineData("{\"type\":\"Digits\",\"individual_digits\":true}",
        "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"last\"}",
        "pre_tokenizer.pretokenizers[0].prepend_scheme", "\"last\"")]
    [InlineData("{\"type\":\"Digits\",\"individual_digits\":true}",
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}", "pre_tokenizer.pretokenizers[2].type",
        "second ByteLevel")]
    [InlineData("\"type\":\"TemplateProcessing\"", "\"type\":\"RobertaProcessing\"", "post_processor.type",
        "RobertaProcessing")]
    [InlineData("\"ids\":[20]", "\"ids\":[19]", "post_processor.special_tokens.<s>.ids[0]", "19")]
    [InlineData("{\"Sequence\":{\"id\":\"A\"", "{\"Sequence\":{\"id\":\"B\"",
        "post_processor.single[1].Sequence.id", "\"B\"")]
    [InlineData("{\"SpecialToken\":{\"id\":\"<s>\"", "{\"SpecialToken\":{\"id\":\"<x>\"",
        "post_processor.single[0].SpecialToken.id", "<x>")]
    [InlineData("{\"type\":\"ByteLevel\"}", "{\"type\":\"CTC\"}", "decoder.decoders[0].type", "CTC")]
    [InlineData("\"start\":1", "\"start\":-1", "decoder.decoders[1].start", "-1")]
    [InlineData("\"id\":20,\"content\":\"<s>\"", "\"id\":21,\"content\":\"<s>\"", "added_tokens[1].id", "<s>")]
    [InlineData("\"id\":20,\"content\":\"<s>\"", "\"id\":3,\"content\":\"<s>\"", "added_tokens[0].id", "\"c\"")]
    [InlineData("\"id\":20,\"content\":\"<s>\"", "\"id\":20,\"content\":\"ab\"", "added_tokens[0].id", "7 elsewhere")]
    [InlineData("\"content\":\"<s>\"", "\"content\":\"\"", "added_tokens[0].content", "empty")]
    [InlineData("\"content\":\"low\"", "\"content\":\" \"", "added_tokens", "\" \"")]
    [InlineData("\"content\":\"low\"", "\"content\":\"\\ud800\"", "added_tokens[1].content", "surrogate")]
    [InlineData("\"special\":true", "\"special\":null", "added_tokens[0]", "\"special\"")]
    public void A_part_that_is_not_supported_is_refused_by_name(string part, string broken, string path, string value)
    {
        var index = Whole.IndexOf(part, StringComparison.Ordinal);
        Assert.True(index >= 0, $"the fixture has no {part}");
        var json = string.Concat(Whole.AsSpan(0, index), broken, Whole.AsSpan(index + part.Length));
        var error = Assert.Throws<InputException>(() => Parse(json));
        Assert.Equal(path.Length == 0 ? Name : $"{Name} at {path}", error.Subject);
        Assert.Contains(value, error.Message);
        Assert.EndsWith(".", error.NextStep);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"model\":{\"vocab\":{},\"merges\":{}}}")]
    [InlineData("{\"model\":{\"vocab\":[],\"merges\":[]}}")]
    [InlineData("{\"model\":{\"type\":7,\"vocab\":{},\"merges\":[]}}")]
    public void A_damaged_file_is_an_input_error_that_names_it(string json) =>
        Assert.StartsWith(Name, Assert.Throws<InputException>(() => Parse(json)).Message);

    [Fact]
    public void Deep_nesting_and_bytes_that_are_no_text_are_input_errors()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 5000));
        Assert.Throws<InputException>(() => Parse($"{{\"normalizer\":{deep}"));
        Assert.Throws<InputException>(() => Tokenizer.Parse(new byte[] { 0x22, 0xFF, 0x22 }, Name));
    }

    [Fact]
    public void An_empty_model_encodes_every_text_as_nothing()
    {
        var tokenizer = Parse("""{"model":{"vocab":{},"merges":[]}}""");
        Assert.Equal(0, tokenizer.VocabularySize);
        Assert.Empty(tokenizer.Encode("text"));
    }

    [Fact]
    public void A_file_is_loaded_by_its_path_and_a_missing_one_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("mor-tokenizer-");
        try
        {
            var path = Path.Combine(folder.FullName, "tokenizer.json");
            File.WriteAllText(path, Whole, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            Assert.Equal([20, 8], Tokenizer.Load(path).Encode("abc"));
            var missing = Path.Combine(folder.FullName, "missing.json");
            Assert.StartsWith(missing, Assert.Throws<InputException>(() => Tokenizer.Load(missing)).Message);
            Assert.Throws<InputException>(() => Tokenizer.Load(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
