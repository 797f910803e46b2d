using System.Text.RegularExpressions;
using MoR.Cluster.Tests.Support;
using Xunit.Abstractions;

namespace MoR.Cluster.Tests.Fuzzing;

public sealed partial class FrameFuzzTests(ITestOutputHelper output)
{
    private const long MostHeapBytes = 4 << 20;

    [Fact]
    public void Twenty_thousand_mutants_are_refused_or_harmless() => Fuzz(20_000);

    [Fact]
    [Trait("Tier", "long")]
    public void A_million_mutants_are_refused_or_harmless() => Fuzz(1_000_000);

    private void Fuzz(int count)
    {
        var fuzzer = new FrameFuzzer();
        var memory = new CountingMemory();
        var reached = new SortedDictionary<string, (int Summed, int Not)>(StringComparer.Ordinal);
        var refusals = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var mostHeapBytes = 0L;
        for (var number = 0; number < count; number++)
        {
            var mutant = fuzzer.Make(number);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var refusal = mutant.Run(memory, 2 * FrameFuzzer.MostTensorBytes);
            mostHeapBytes = Math.Max(mostHeapBytes, GC.GetAllocatedBytesForCurrentThread() - before);

            var (summed, not) = reached.GetValueOrDefault(mutant.Changed);
            reached[mutant.Changed] = mutant.IsSummed ? (summed + 1, not) : (summed, not + 1);
            var kind = refusal == null ? "none" : Numbers().Replace(refusal, "#");
            kind = kind[..Math.Min(kind.Length, 60)];
            refusals[kind] = refusals.GetValueOrDefault(kind) + 1;
        }

        output.WriteLine($"{count:N0} mutants by their numbers as seeds; at most {memory.MostLiveBytes:N0} bytes of tensors and "
            + $"{mostHeapBytes:N0} of the heap for one");
        output.WriteLine("Changed, with the checksum made right | left:");
        output.WriteLine(string.Join('\n', reached.Select(pair => $"  {pair.Key}: {pair.Value.Summed:N0} | {pair.Value.Not:N0}")));
        output.WriteLine("Refused because:");
        output.WriteLine(string.Join('\n', refusals.Select(pair => $"  {pair.Key}: {pair.Value:N0}")));
        Assert.All(EnvelopeMaker.FieldNames, name => Assert.True(reached[name] is { Summed: > 0, Not: > 0 }, name));
        Assert.All(FuzzFrame.HeaderFields, field => Assert.True(reached[field.Name].Not > 0, field.Name));
        Assert.All(FuzzFrame.HeaderFields.SkipLast(FuzzFrame.Sums), field => Assert.True(reached[field.Name].Summed > 0, field.Name));
        Assert.InRange(mostHeapBytes, 1, MostHeapBytes);
        Assert.InRange(refusals["none"], count / 100, count / 2);
    }

    [GeneratedRegex(@"0x[\da-f]+|-?\d[\d,]*| \(\w+\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();
}
