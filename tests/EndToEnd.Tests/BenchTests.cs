using MoR.EndToEnd.Tests.Processes;

namespace MoR.EndToEnd.Tests;

/// <summary><c>mor bench</c>: what is measured was computed. How fast it is, a test does not say.</summary>
public sealed class BenchTests
{
    [SkippableFact]
    [Trait("Tier", "long")]
    public async Task A_step_does_what_PyTorchs_steps_do()
    {
        PythonProcess.Require();

        var step = (await InProcess.RunAsync("bench", "step", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        Assert.InRange((double)step["loss_difference"]!, 0, 1e-4);
        foreach (var name in new[] { "ratio_vs_pytorch_loop", "ratio_vs_pytorch_dense", "ratio_to_floor" })
        {
            Assert.True((double)step[name]! > 0, name);
        }

        Assert.All(step["seconds"]!.AsObject(), contender => Assert.Equal(5, (int)contender.Value!["count"]!));
    }

    [SkippableTheory]
    [Trait("Tier", "long")]
    [InlineData("load", "ratio_vs_read")]
    [InlineData("gemm", "ratio_vs_pytorch")]
    [InlineData("experts", "ratio_vs_pytorch_loop")]
    public async Task A_part_does_what_PyTorchs_does(string name, string ratio)
    {
        PythonProcess.Require();

        var part = (await InProcess.RunAsync("bench", name, "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        Assert.True((double)part[ratio]! > 0, ratio);
        if (name != "load")
        {
            Assert.InRange((double)part["difference"]!, 0, 1e-5);
        }
    }

    [Fact]
    public async Task Tokenizers_give_back_what_they_encoded()
    {
        var result = (await InProcess.RunAsync("bench", "tokenizer", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        Assert.InRange((double)result["tokenizers"]!["bytes"]!["bytes_per_token"]!, 1, 1);
        Assert.InRange((double)result["tokenizers"]!["bpe of 1000 merges"]!["bytes_per_token"]!, 2.5, 5);
    }

    [Fact]
    public async Task Without_a_name_they_are_listed()
    {
        var listed = (await InProcess.RunAsync("bench")).Succeeded().Json;

        foreach (var name in new[] { "step", "router", "growth", "generate", "load", "tokenizer", "gemm", "experts", "cluster" })
        {
            Assert.Contains(name, listed["benchmarks"]!.AsArray().Select(item => (string)item!));
        }
    }

    [SkippableFact]
    [Trait("Tier", "long")]
    public async Task A_text_is_the_one_that_PyTorch_writes()
    {
        PythonProcess.Require();

        var text = (await InProcess.RunAsync("bench", "generate", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        Assert.True((bool)text["tokens_equal"]!);
        foreach (var name in new[] { "ratio_adapter_to_none", "ratio_mor_to_topk", "ratio_vs_pytorch_loop" })
        {
            Assert.True((double)text[name]! > 0, name);
        }

        Assert.All(text["seconds"]!.AsObject(), contender => Assert.Equal(5, (int)contender.Value!["count"]!));
    }

    [Fact]
    [Trait("Tier", "long")]
    public async Task Both_routers_learn_while_they_are_measured()
    {
        var routers = (await InProcess.RunAsync("bench", "router", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        Assert.True((double)routers["ratio_mor_to_topk"]! > 0);
        Assert.All(routers["losses"]!.AsObject(), losses =>
            Assert.True((double)losses.Value!["second"]! < (double)losses.Value["first"]!, losses.Key));
    }

    [Fact]
    [Trait("Tier", "long")]
    public async Task Every_axis_of_growth_is_measured_with_steps_that_learn()
    {
        var growth = (await InProcess.RunAsync("bench", "growth", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        var axes = growth["axes"]!.AsObject();
        Assert.Equal(["tokens", "length", "experts", "rank", "layers", "sub-routers"], axes.Select(axis => axis.Key));
        Assert.All(axes, axis =>
        {
            Assert.True(double.IsFinite((double)axis.Value!["time_order"]!["median"]!), axis.Key);
            Assert.All(axis.Value["values"]!.AsArray(), value =>
            {
                Assert.Equal(5, (int)value!["milliseconds"]!["count"]!);
                Assert.True((long)value["tensor_bytes"]! > 0, $"{axis.Key} {value["value"]}");
                Assert.True((double)value["losses"]!.AsArray()[^1]! < (double)value["losses"]![0]!, $"{axis.Key} {value["value"]}");
            });
        });
        Assert.Equal(256, (int)axes["experts"]!["values"]!.AsArray()[^1]!["value"]!);
    }

    [Fact]
    [Trait("Tier", "long")]
    public async Task Steps_on_nodes_are_those_in_one_process_and_every_figure_has_its_limit()
    {
        var cluster = (await MorProcess.RunAsync("bench", "cluster", "--shape", "demo", "--rounds", "5")).Succeeded().Json;

        var figures = cluster["figures"]!.AsObject();
        Assert.Equal(
            [
                "extra_processor_time", "link_throughput_384_kib", "link_throughput_16_mib", "dispatch_round_trip", "window_2",
                "heartbeat_gap",
            ],
            figures.Select(figure => figure.Key));
        Assert.All(figures, figure =>
        {
            Assert.True((double)figure.Value!["median"]! > 0, figure.Key);
            Assert.True(figure.Value["at_most"] is not null ^ figure.Value["at_least"] is not null, figure.Key);
        });
        Assert.Equal(1L << 30, (long)cluster["heartbeats"]!["queued_bytes"]!);
    }

    [Fact]
    public async Task A_benchmark_that_does_not_exist_is_refused_with_those_that_do()
    {
        var refused = (await InProcess.RunAsync("bench", "stepp")).Ended(2);

        Assert.Contains("there is no benchmark 'stepp'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Name one of step", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_benchmark_that_is_named_twice_is_refused()
    {
        var refused = (await InProcess.RunAsync("bench", "gemm", "step", "gemm")).Ended(2);

        Assert.Contains("'gemm' is named more than once", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bin/false")]
    [InlineData("/bin/true")]
    public async Task A_Python_without_PyTorch_is_refused_before_anything_is_measured(string python)
    {
        var refused = (await InProcess.RunAsync("bench", "step", "--python", python)).Ended(2);

        Assert.Contains($"'{python}' is no Python with PyTorch", refused.Error, StringComparison.Ordinal);
    }
}
