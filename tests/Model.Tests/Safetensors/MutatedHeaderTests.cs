using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using MoR.Cluster.Errors;
using MoR.Model.Safetensors;

namespace MoR.Model.Tests.Safetensors;

/// <summary>
/// Damaged files are refused or read right: no crash, no hang, no allocation on the word of a damaged number.
/// </summary>
public sealed partial class MutatedHeaderTests
{
    private const int Files = 100_000;
    private const long MostAllocatedPerFile = 1 << 20;

    private static readonly string[] words =
    [
        "0", "-1", "1e9", "0.5", "9223372036854775807", "9223372036854775808", "18446744073709551616", "00", "\"F32\"",
        "\"F4\"", "\"BOOL\"", "null", "true", "{}", "[]", "[[", "{\"", "\\u0000", "\\ud800", "\"a\":",
        ",", "}", "\u00ff", "  ",
    ];

    [Fact]
    public void A_hundred_thousand_mutated_headers_are_read_right_or_refused()
    {
        var good = SafetensorsImage.Good;
        var (readable, refused) = (0, 0);
        for (var seed = 0; seed < Files; seed++)
        {
            var file = Mutate(good, new Random(seed));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                CheckRead(SafetensorsHeader.Parse(file, file.Length, "mutated"), file.Length, seed);
                readable++;
            }
            catch (InputException error)
            {
                Assert.True(error.Message.Length < 1000,
                    $"seed {seed}: a message of {error.Message.Length} characters");
                refused++;
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {error}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostAllocatedPerFile, $"seed {seed}: {allocated} bytes allocated");
        }

        // Both happen often, or the mutations say nothing.
        Assert.InRange(readable, Files / 100, Files);
        Assert.InRange(refused, Files / 2, Files);
    }

    // What a reader relies on, checked again from outside: tensors cover the values one after another, and sizes agree.
    private static void CheckRead(SafetensorsHeader header, long fileLength, int seed)
    {
        var end = header.DataOffset;
        foreach (var (name, tensor) in header.Tensors)
        {
            var bits = (Int128)tensor.Dtype.Bits();
            bits = tensor.Shape.Aggregate(bits, (product, size) => product * size);
            Assert.True(
                name == tensor.Name && tensor.Offset == end && bits == (Int128)tensor.Length * 8, $"seed {seed}");
            end += tensor.Length;
        }

        Assert.True(end == fileLength, $"seed {seed}");
    }

    private static byte[] Mutate(byte[] good, Random random)
    {
        var json = good.AsSpan(8, good.Length - 8 - 41).ToArray();
        var dataBytes = 41;
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            switch (random.Next(7))
            {
                case 0:
                    json[random.Next(json.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    json[random.Next(json.Length)] = (byte)random.Next(256);
                    break;
                case 2:
                    json = ChangeNumber(json, random);
                    break;
                case 3:
                    var (at, length) = Slice(json, random);
                    json = [.. json[..at], .. Word(random), .. json[(at + length)..]];
                    break;
                case 4:
                    var (from, size) = Slice(json, random);
                    var to = random.Next(json.Length);
                    json = [.. json[..to], .. json[from..(from + size)], .. json[to..]];
                    break;
                case 5:
                    dataBytes = Math.Max(0, dataBytes + random.Next(-20, 20));
                    break;
                default:
                    return WithDamagedLength(SafetensorsImage.Of(json, dataBytes), random);
            }
        }

        return SafetensorsImage.Of(json, dataBytes);
    }

    private static (int At, int Length) Slice(byte[] json, Random random)
    {
        var at = random.Next(json.Length);
        return (at, random.Next(Math.Min(20, json.Length - at)));
    }

    private static byte[] Word(Random random) => Encoding.UTF8.GetBytes(words[random.Next(words.Length)]);

    private static byte[] ChangeNumber(byte[] json, Random random)
    {
        var text = Encoding.Latin1.GetString(json);
        var numbers = Number().Matches(text);
        if (numbers.Count == 0)
        {
            return json;
        }

        var number = numbers[random.Next(numbers.Count)];
        var value = random.Next(3) == 0
            ? Encoding.Latin1.GetString(Word(random))
            : $"{random.NextInt64(1L << random.Next(1, 63))}";
        return Encoding.Latin1.GetBytes($"{text[..number.Index]}{value}{text[(number.Index + number.Length)..]}");
    }

    private static byte[] WithDamagedLength(byte[] file, Random random)
    {
        if (random.Next(2) == 0)
        {
            return file[..random.Next(file.Length)];
        }

        BinaryPrimitives.WriteInt64LittleEndian(file, random.NextInt64() >> random.Next(64));
        return file;
    }

    [GeneratedRegex("[0-9]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Number();
}
