using MoR.Coordinator.Doctor;

namespace MoR.Coordinator.Tests.Doctor;

public sealed class FactsTests
{
    [Fact]
    public void Cores_are_counted_once_however_many_threads_they_have()
    {
        var text = string.Join('\n', Enumerable.Range(0, 8).Select(i =>
            $"processor\t: {i}\nmodel name\t: Some CPU @ 2.00GHz\nphysical id\t: {i / 4}\ncore id\t\t: {i % 2}\n"
            + "flags\t\t: fpu avx avx2 fma avx512f\n"));

        var facts = ProcessorFacts.Parse(text);

        Assert.Equal("Some CPU @ 2.00GHz", facts.Model);
        Assert.Equal(8, facts.Threads);
        Assert.Equal(4, facts.Cores);
        Assert.Equal(["avx", "avx2", "fma", "avx512f"], facts.VectorFlags);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\n:::\n")]
    public void A_processor_file_without_facts_is_no_error(string text)
    {
        var facts = ProcessorFacts.Parse(text);

        Assert.Equal("unknown", facts.Model);
        Assert.Empty(facts.VectorFlags);
    }

    [Fact]
    public void Memory_is_what_the_machine_has_or_the_container_allows()
    {
        const string text = "MemTotal:       16000 kB\nMemFree:  1 kB\nMemAvailable:    8000 kB\n";

        Assert.Equal(new MemoryFacts(16_384_000, 8_192_000), MemoryFacts.Parse(text, long.MaxValue));
        Assert.Equal(new MemoryFacts(1_000_000, 1_000_000), MemoryFacts.Parse(text, 1_000_000));
        Assert.Equal(new MemoryFacts(0, 0), MemoryFacts.Parse("", long.MaxValue));
    }
}
