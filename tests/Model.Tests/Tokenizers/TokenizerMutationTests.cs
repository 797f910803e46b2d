using System.Globalization;
using System.Text;
using MoR.Cluster.Errors;
using MoR.Model.Tokenizers;
using Xunit.Abstractions;

namespace MoR.Model.Tests.Tokenizers;

public sealed class TokenizerMutationTests(ITestOutputHelper output)
{
    private const int Cases = 100_000;
    private const string Text = "Low <s>  ab,abc 12é😀 b";

    // Words that mean something in a file lead mutations past the first checks.
    private static readonly string[] Words =
    [
        "null", "true", "-1", "16777215", "16777216", "99999999999", "1e9", "0.5", "[]", "{}", "\"\"", "\"\\ud800\"",
        "\"NFKC\"", "\"NFD\"", "\"StripAccents\"", "\"WhitespaceSplit\"", "\"Whitespace\"", "\"Metaspace\"",
        "\"Punctuation\"", "\"Fuse\"", "\"ByteFallback\"", "\"Removed\"", "\"MergedWithNext\"", "\"Contiguous\"",
        "\"(a|aa)+$\"", "\"\\\\p{L}\"", "\"[^a\"", "\"String\"", "\"Unigram\"", "\"\u0120\"",
    ];

    [Fact]
    public void Every_mutated_file_is_read_or_refused_as_input_and_what_is_read_encodes()
    {
        const int seed = 20260;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var original = Encoding.UTF8.GetBytes(TokenizerFixture.Whole);
        var read = 0;
        for (var round = 0; round < Cases; round++)
        {
            var mutant = Mutate(original, random);
            try
            {
                read += TryUse(mutant) ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}\n{Encoding.UTF8.GetString(mutant)}");
            }
        }

        output.WriteLine($"{read} of {Cases} were read");
        Assert.InRange(read, Cases / 50, Cases - (Cases / 50));
    }

    private static bool TryUse(byte[] content)
    {
        try
        {
            var tokenizer = Tokenizer.Parse(content, TokenizerFixture.Name);
            tokenizer.Decode(tokenizer.Encode(Text));
            return true;
        }
        catch (InputException error)
        {
            Assert.StartsWith(TokenizerFixture.Name, error.Message);
            return false;
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        for (var count = random.Next(10) < 7 ? 1 : random.Next(2, 5); count > 0; count--)
        {
            MutateOnce(bytes, random);
        }

        return [.. bytes];
    }

    private static void MutateOnce(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        var length = Math.Min(random.Next(1, 40), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] = (byte)(bytes[at] ^ (1 << random.Next(8)));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                break;
            case 4:
                ReplaceRun(bytes, at, value => value is >= (byte)'0' and <= (byte)'9', Number(random));
                break;
            case 5:
                ReplaceRun(bytes, at, value => !",:{}[]"u8.Contains(value), Word(random));
                break;
            default:
                bytes.InsertRange(at, Word(random));
                break;
        }

        if (bytes.Count == 0)
        {
            bytes.Add((byte)'{');
        }
    }

    // Replaces the run of such bytes that a place is in, or the first after it.
    private static void ReplaceRun(List<byte> bytes, int from, Predicate<byte> isPart, byte[] replacement)
    {
        var start = bytes.FindIndex(from, isPart);
        if (start >= 0)
        {
            start = 1 + bytes.FindLastIndex(start, value => !isPart(value));
            var end = bytes.FindIndex(start, value => !isPart(value));
            bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
            bytes.InsertRange(start, replacement);
        }
    }

    private static byte[] Number(Random random) =>
        Encoding.UTF8.GetBytes((random.Next(64) - 1).ToString(CultureInfo.InvariantCulture));

    private static byte[] Word(Random random) => Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]);
}
