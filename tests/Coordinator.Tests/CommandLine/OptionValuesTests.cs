using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class OptionValuesTests
{
    [Fact]
    public async Task Every_train_option_arrives()
    {
        var run = await ProgramRun.OfAsync(
            "train", "rte", "--set", "a=1", "--set=b.c=x=y", "--steps", "7", "--stop-after", "3", "--output", "out",
            "--dry-run", "--no-eval", "--device", "cuda:1");

        Assert.Equal(0, run.ExitCode);
        var options = run.Commands.Train!;
        Assert.Equal(["a=1", "b.c=x=y"], options.Set);
        var expected = new TrainOptions
        {
            Recipe = "rte",
            Set = options.Set,
            Steps = 7,
            StopAfter = 3,
            Output = "out",
            DryRun = true,
            NoEval = true,
            Device = "cuda:1",
        };
        Assert.Equal(expected, options);
    }

    [Fact]
    public async Task What_is_left_out_has_the_records_default()
    {
        var train = (await ProgramRun.OfAsync("train", "--resume", "runs/a")).Commands.Train!;
        var evaluate = (await ProgramRun.OfAsync("evaluate", "runs/a")).Commands.Evaluate!;
        var generate = (await ProgramRun.OfAsync("generate", "runs/a", "--prompt", "x")).Commands.Generate!;

        Assert.Equal(new TrainOptions { Resume = "runs/a", Set = train.Set }, train);
        Assert.Empty(train.Set);
        Assert.Equal(new EvaluateOptions { Run = "runs/a", Tasks = evaluate.Tasks }, evaluate);
        Assert.Empty(evaluate.Tasks);
        Assert.Equal(new GenerateOptions { Run = "runs/a", Prompt = "x" }, generate);
    }

    [Fact]
    public async Task Every_evaluate_option_arrives()
    {
        var run = await ProgramRun.OfAsync(
            "evaluate", "--task", "rte", "--task", "my.yaml", "--backbone", "b", "--adapter", "a", "--data", "d",
            "--length-normalisation", "tokens", "--max-items", "0", "--threads", "2", "--device", "cpu");

        var options = run.Commands.Evaluate!;
        Assert.Equal(["rte", "my.yaml"], options.Tasks);
        var expected = new EvaluateOptions
        {
            Tasks = options.Tasks,
            Backbone = "b",
            Adapter = "a",
            DataFolder = "d",
            LengthNormalisation = "tokens",
            MaxItems = 0,
            Threads = 2,
        };
        Assert.Equal(expected, options);
    }

    [Fact]
    public async Task Every_export_and_import_option_arrives()
    {
        var export = await ProgramRun.OfAsync(
            "export", "runs/a", "--output", "o", "--step", "0", "--base-model", "some/llama");
        var import = await ProgramRun.OfAsync("import", "a", "--backbone", "b", "--output", "o");

        Assert.Equal(
            new ExportOptions { Run = "runs/a", Output = "o", Step = 0, BaseModel = "some/llama" }, export.Commands.Export);
        Assert.Equal(new ImportOptions { Folder = "a", Backbone = "b", Output = "o" }, import.Commands.Import);
    }

    [Fact]
    public async Task Every_bench_option_arrives()
    {
        var bench = await ProgramRun.OfAsync(
            "bench", "step", "--list", "--shape", "demo", "--rounds", "5", "--threads", "1", "--device",
            "cuda:0", "--python", "p");

        Assert.Equal(["step"], bench.Commands.Bench!.Names);
        Assert.Equal(
            new BenchOptions
            {
                Names = bench.Commands.Bench.Names,
                List = true,
                Shape = "demo",
                Rounds = 5,
                Threads = 1,
                Device = "cuda:0",
                Python = "p",
            },
            bench.Commands.Bench);
    }

    [Fact]
    public async Task Every_plan_option_arrives()
    {
        var bare = await ProgramRun.OfAsync("plan");
        var run = await ProgramRun.OfAsync(
            "plan", "rte", "--set", "a=1", "--backbone", "llama-2-7b", "--tokens-per-sequence", "100", "--nodes", "8",
            "--device-tflops", "19.5", "--memory-gbytes-per-second", "1555", "--device-memory-gib", "40",
            "--link-gbits-per-second", "25", "--latency-ms", "0.05");
        var local = await ProgramRun.OfAsync("plan", "--local", "--measure");

        Assert.Equal(new PlanOptions { Set = bare.Commands.Plan!.Set }, bare.Commands.Plan);
        Assert.Equal(["a=1"], run.Commands.Plan!.Set);
        var expected = new PlanOptions
        {
            Recipe = "rte",
            Set = run.Commands.Plan.Set,
            Backbone = "llama-2-7b",
            TokensPerSequence = 100,
            Nodes = 8,
            DeviceTeraflops = 19.5,
            MemoryGigabytesPerSecond = 1555,
            DeviceMemoryGibibytes = 40,
            LinkGigabits = 25,
            LatencyMilliseconds = 0.05,
        };
        Assert.Equal(expected, run.Commands.Plan);
        Assert.True(local.Commands.Plan!.Local && local.Commands.Plan.Measure);
    }

    [Fact]
    public async Task Texts_and_ids_arrive()
    {
        var text = await ProgramRun.OfAsync("evaluate", "runs/a", "--text", "t.txt");
        var ids = await ProgramRun.OfAsync("evaluate", "--backbone", "b", "--ids", "i.txt");

        Assert.Equal("t.txt", text.Commands.Evaluate!.Text);
        Assert.Equal("i.txt", ids.Commands.Evaluate!.Ids);
    }

    [Fact]
    public async Task Every_generate_option_arrives()
    {
        var run = await ProgramRun.OfAsync(
            "generate", "--backbone", "b", "--adapter", "a", "--prompt", "Once upon", "--max-tokens", "5",
            "--temperature", "0.7", "--top-p", "0.9", "--seed", "9223372036854775807", "--threads", "64",
            "--device", "cuda:0");

        var expected = new GenerateOptions
        {
            Backbone = "b",
            Adapter = "a",
            Prompt = "Once upon",
            MaxNewTokens = 5,
            Temperature = 0.7,
            TopP = 0.9,
            Seed = long.MaxValue,
            Threads = 64,
            Device = "cuda:0",
        };
        Assert.Equal(expected, run.Commands.Generate);
    }

    [Theory]
    [InlineData("@file")]
    [InlineData("[diagram]")]
    [InlineData("-x")]
    [InlineData("a=b: \"c\"\nd")]
    [InlineData("")]
    public async Task A_prompt_may_be_any_text(string prompt)
    {
        var run = await ProgramRun.OfAsync("generate", "runs/a", "--prompt", prompt);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(prompt, run.Commands.Generate!.Prompt);
    }
}
