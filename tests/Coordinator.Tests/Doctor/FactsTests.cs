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
        ControlGroupMemory wide = new(1L << 60, 1L << 59), narrow = new(1_000_000, 400_000);

        Assert.Equal(new MemoryFacts(16_384_000, 8_192_000), MemoryFacts.Parse(text, []));
        Assert.Equal(new MemoryFacts(16_384_000, 8_192_000), MemoryFacts.Parse(text, [wide]));
        Assert.Equal(new MemoryFacts(1_000_000, 400_000), MemoryFacts.Parse(text, [wide, narrow]));
        Assert.Equal(new MemoryFacts(0, 0), MemoryFacts.Parse("", []));
    }

    [Fact]
    public void Control_groups_of_version_2_bind_from_the_process_to_the_root()
    {
        var files = new Dictionary<string, string>
        {
            ["/proc/self/cgroup"] = "0::/user.slice/job\n",
            ["/sys/fs/cgroup/user.slice/job/memory.max"] = "max\n",
            ["/sys/fs/cgroup/user.slice/job/memory.current"] = "500\n",
            ["/sys/fs/cgroup/user.slice/memory.max"] = "1000\n",
            ["/sys/fs/cgroup/user.slice/memory.current"] = "900\n",
            ["/sys/fs/cgroup/user.slice/memory.stat"] = "anon 500\nfile 390\ninactive_file 200\nactive_file 50\n",
            ["/sys/fs/cgroup/memory.max"] = "4000\n",
            ["/sys/fs/cgroup/memory.current"] = "5000\n",
        };

        Assert.Equal(
            [new ControlGroupMemory(1000, 350), new ControlGroupMemory(4000, 1)],
            ControlGroupMemory.Read(path => files.GetValueOrDefault(path, "")));
    }

    [Fact]
    public void Control_groups_of_version_1_are_found_by_their_controller_even_if_the_path_is_the_hosts()
    {
        var files = new Dictionary<string, string>
        {
            ["/proc/self/cgroup"] = "12:cpu,cpuacct:/docker/abc\n5:memory:/docker/abc\n0::/docker/abc\n",
            ["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "2000\n",
            ["/sys/fs/cgroup/memory/memory.usage_in_bytes"] = "1500\n",
            ["/sys/fs/cgroup/memory/memory.stat"] = "inactive_file 1\ntotal_inactive_file 600\ntotal_active_file 0\n",
        };

        Assert.Equal(
            [new ControlGroupMemory(2000, 1100)], ControlGroupMemory.Read(path => files.GetValueOrDefault(path, "")));
        Assert.Empty(ControlGroupMemory.Read(_ => ""));
    }
}
