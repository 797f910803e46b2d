using MoR.Coordinator.CommandLine;
using MoR.Coordinator.Doctor;
using MoR.Coordinator.Tests.CommandLine;
using MoR.Torch;

namespace MoR.Coordinator.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task It_prints_what_it_found_and_measured()
    {
        var run = await ProgramRun.OfAsync("doctor");

        Assert.Equal(0, run.ExitCode);
        string[] facts =
        [
            "1.2.3", "10.0.1", "Some Linux 12, kernel 6.1.0", "Some CPU", "4, 8 threads, 6 usable", "avx512f",
            "16.0 GiB, 8.0 GiB available", "2.1.0", "/lib/libopenblas.so.0, core SkylakeX", "Some GPU",
            "avx512\n", "0123456789ab (on the CPU",
            "60 GFLOP/s with 1 thread, 360 GFLOP/s with 6 threads", "100.0 GiB free in /home/somebody",
            "llama, mistral, qwen2", "Nothing to warn of.",
        ];
        Assert.All(facts, fact => Assert.Contains(fact, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_the_same()
    {
        var run = await ProgramRun.OfAsync("doctor", "--json");

        Assert.Equal("1.2.3", (string?)run.Json["mor"]);
        Assert.Equal(6, (int?)run.Json["processor"]!["usable"]);
        Assert.Equal("SkylakeX", (string?)run.Json["blas"]!["core"]);
        Assert.Equal("avx512", (string?)run.Json["kernels"]);
        Assert.Equal("0123456789abcdef", (string?)run.Json["identity"]!["answers_sha256"]);
        Assert.Equal("SkylakeX, avx512", (string?)run.Json["identity"]!["cpu"]);
        Assert.Equal(360, (double?)run.Json["product"]![1]!["gflops"]);
        Assert.Equal(["llama", "mistral", "qwen2"], run.Json["backbones"]!.AsArray().Select(name => (string?)name));
        Assert.True((bool?)run.Json["locks"]);
        Assert.Empty(run.Json["warnings"]!.AsArray());
    }

    public static TheoryData<string, Func<MachineFacts, MachineFacts>, double, string, string> Warnings => new()
    {
        {
            "reference BLAS",
            facts => facts with { Torch = new TorchInfo("1.13.0", "/lib/blas/libblas.so.3", "", "", "avx2", []) },
            2, "one thread does 2 GFLOP/s, as with Debian's reference BLAS", "apt-get install libopenblas0-pthread"
        },
        {
            "old OpenBLAS",
            facts => facts with { Torch = facts.Torch! with { OpenBlasCore = "Prescott" } },
            12, "uses its slow Prescott kernels", "OPENBLAS_CORETYPE=SkylakeX"
        },
        {
            "old OpenBLAS without AVX-512",
            facts => facts with
            {
                Torch = facts.Torch! with { OpenBlasCore = "Nehalem" },
                Processor = facts.Processor with { VectorFlags = ["avx", "avx2", "fma"] },
            },
            12, "uses its slow Nehalem kernels", "OPENBLAS_CORETYPE=Haswell"
        },
        { "busy", facts => facts, 5, "although OpenBLAS (SkylakeX) is in use", "other programs" },
        { "threads", facts => facts with { OperationThreads = 4 }, 60, "uses 4 threads", "OPENBLAS_NUM_THREADS=1" },
        {
            "no libtorch",
            facts => facts with { Torch = null, TorchProblem = "libmor_native.so: not found." },
            60, "libmor_native.so: not found", "./mor setup"
        },
        {
            "memory", facts => facts with { Memory = new MemoryFacts(4L << 30, 512L << 20) },
            60, "only 512 MiB of memory", "small backbone"
        },
        { "disk", facts => facts with { FreeBytes = 10L << 20 }, 60, "only 10 MiB are free", "--output" },
        { "locks", facts => facts with { LockProblem = "/nfs: no locks." }, 60, "/nfs: no locks", "--output" },
        {
            "no AVX2",
            facts => facts with { Processor = facts.Processor with { VectorFlags = ["avx"] } },
            60, "does not show AVX2", "another machine"
        },
    };

    [Theory]
    [MemberData(nameof(Warnings))]
    public void Each_shortcoming_gives_one_warning_with_a_next_step(
        string name, Func<MachineFacts, MachineFacts> change, double gigaflops, string what, string nextStep)
    {
        var output = new StringWriter();
        var terminal = new Terminal(TextWriter.Null, output, new TerminalTraits(false, 80), new ManualTime());
        var probe = new FakeProbe { Facts = change(FakeProbe.GoodMachine), GigaflopsPerThread = gigaflops };

        var outcome = new DoctorCommand(probe).Run(terminal, CancellationToken.None);

        Assert.Equal(0, outcome.ExitCode);
        var warnings = outcome.Json["warnings"]!.AsArray();
        Assert.True(warnings.Count == 1, name);
        Assert.Contains(what, (string?)warnings[0]!["what"], StringComparison.Ordinal);
        Assert.Contains(nextStep, (string?)warnings[0]!["next_step"], StringComparison.Ordinal);
        Assert.Contains(what, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void One_processor_is_measured_once()
    {
        var probe = new FakeProbe { Facts = FakeProbe.GoodMachine with { UsableProcessors = 1 } };
        var terminal = new Terminal(TextWriter.Null, null, new TerminalTraits(false, 80), new ManualTime());

        var outcome = new DoctorCommand(probe).Run(terminal, CancellationToken.None);

        Assert.Single(outcome.Json["product"]!.AsArray());
    }

    [Fact]
    public void This_machine_can_be_looked_at()
    {
        var facts = new MachineProbe(TimeProvider.System).Read();

        Assert.True(facts.Processor.Threads > 0);
        Assert.True(facts.Memory.Available > 0 && facts.Memory.Available <= facts.Memory.Total);
        Assert.NotEmpty(facts.Kernel);
        Assert.Equal(facts.Torch is null, facts.TorchProblem is not null);
        Assert.Empty(Directory.EnumerateFiles(facts.Folder, ".mor-doctor-*"));
    }

    [SkippableFact]
    public void A_product_is_measured_through_the_clock()
    {
        Skip.If(new MachineProbe(TimeProvider.System).Read().Torch is null, "the tensor library is not there");

        // Every look at this clock takes four seconds, so one product does too, and it is the only one.
        var rate = new MachineProbe(new SteppingTime()).Measure(2);

        Assert.Equal(2, rate.Threads);
        Assert.Equal(2.0 * 1024 * 1024 * 1024 / 4e9, rate.Gigaflops, 6);
    }

    private sealed class SteppingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += 4 * TimeSpan.TicksPerSecond;
    }
}
